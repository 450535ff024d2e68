-- A record of the office as it came proves itself: CRC-32 of its state, -1 from before this column.
ALTER TABLE base ADD COLUMN checksum INTEGER NOT NULL DEFAULT -1;
