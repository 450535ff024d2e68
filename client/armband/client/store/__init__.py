"""The terminal's store: the only SQL of the client."""
