"""The product's bounds, made so small in most seeds that whatever lies beyond them happens too:
many pages, split frames, readers that fall behind, full queues."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from armband.client import conversation
from armband.client.store import tables
from armband.server import connection, feeder, follower, watch
from armband.server.office import committer
from armband.server.store import sqlite_feed
from armband.shared import limits

SHARE = 0.35
"""Of the knobs that are turned in a seed that turns any."""
KNOBS: tuple[tuple[ModuleType, str, tuple[float, ...]], ...] = (
    (limits, "FEED_PAGE_ROWS", (1, 2, 5)),
    (limits, "FEED_PAGE_BYTES", (200, 1_000)),
    (limits, "MAX_BATCH_OPS", (1, 2, 4)),
    (limits, "PUSH_WINDOW", (1, 2)),
    (limits, "MAX_FRAME", (1_200, 3_000)),
    (limits, "ROLLUP_INTERVAL_S", (0.01, 3.0)),
    (limits, "SEND_TIMEOUT_S", (1.0,)),
    (follower, "MAX_ROWS", (1, 2, 3)),
    (follower, "MAX_BYTES", (300,)),
    (feeder, "IDLE_S", (1.0, 4.0)),
    (watch, "MAX_PENDING_CELLS", (2, 8)),
    (connection, "MAX_ANSWERS", (1,)),
    (committer, "MAX_GROUP_OPS", (1, 3)),
    (committer, "MAX_QUEUED_OPS", (1, 4)),
    (sqlite_feed, "FEW_CHANGES", (0,)),
    (conversation, "INBOX_FRAMES", (1,)),
    (conversation, "BATCH_BYTES", (150, 600)),
    (conversation, "REPORT_DELAY_S", (0.01,)),
    (tables, "PARAMETERS_MAX", (1, 2)),
)


@contextmanager
def turned(seed: int) -> Iterator[list[str]]:
    """Turn the seed's knobs for the time of the block; what was turned, as text."""
    rng = random.Random(f"{seed} knobs")
    share = rng.choice((0.0, SHARE, SHARE))
    before = [(module, name, getattr(module, name)) for module, name, _values in KNOBS]
    said = []
    try:
        for module, name, values in KNOBS:
            value = rng.choice(values)
            if rng.random() < share:
                setattr(module, name, value)
                said.append(f"{name} {value}")
        yield said
    finally:
        for module, name, value in before:
            setattr(module, name, value)
