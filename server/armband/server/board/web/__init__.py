"""The board in a browser: one page, served with the office's certificate, behind a passphrase."""
