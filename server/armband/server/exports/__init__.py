"""Ledgers out: the records of a kind as csv, xlsx or jsonl, with a count and a checksum.

Columns follow from the kind's declaration; `words` has their Chinese heads.
"""
