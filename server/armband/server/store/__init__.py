"""Where the office keeps its records: one port, its adapters, their schema."""
