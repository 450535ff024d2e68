"""The office's live board: one model, shown in a terminal and in a browser."""
