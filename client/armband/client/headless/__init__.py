"""Recording without a screen: what `armband record` and `check` do, and the process that holds the
store does for others. Nothing here prints, and nothing here imports textual."""
