"""No column of the office's store can change without the doctor's notice."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from armband.server.store.migrations import migrate
from support.proved import unproved

RECOUNTED = {
    "records": "merged anew from the operations (audit)",
    "cells": "counted anew (audit)",
    "members": "counted anew (audit)",
    "digests": "counted anew (audit)",
    "heads": "found anew from operations and quarantine",
    **{
        f"ops.{column}": "by the operation's id and the history (audit)"
        for column in (
            *("prev", "branch", "eff", "hlc", "suspect"),
            *("payload_hash", "nonce", "payload", "hist"),
        )
    },
    **{
        f"quarantine.{column}": "by the operation's id"
        for column in ("prev", "hlc", "nonce", "payload")
    },
}


def test_every_column_is_proved() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        migrate(conn)
        assert unproved(conn, RECOUNTED) == []
