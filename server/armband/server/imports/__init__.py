"""Registers in: spreadsheets as offices send them become drafts of records.

The way of a file: `reader` (bytes to sheets of cells) → `table` (heads found, rows told apart,
merged cells filled) → `units`, `households`, `residents`, `staff` (rows to drafts, as a `Plan`)
→ `run` (a plan into the office, chunk by chunk). All but the last are pure.
"""
