"""The pure core: records, clock, operations, merge, roll-ups, permissions, wire messages.

Nothing here reads a clock, a disk, a socket or a random source; such things come in as
arguments (the import contracts in pyproject.toml hold this).
"""
