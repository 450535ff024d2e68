"""Every bound on what one side may send to the other, in one place."""

from __future__ import annotations

MAX_FRAME = 256 * 1024
"""Bytes of one websocket message, either way."""
MAX_UNPACKED = 4 * 1024 * 1024
"""Bytes of a packed body once decompressed."""
MAX_BATCH_OPS = 500
"""Operations in one push."""
PUSH_WINDOW = 4
"""Pushes that a terminal may have under way without a receipt."""
FEED_PAGE_ROWS = 2000
"""Records in one feed frame."""
FEED_PAGE_BYTES = 192 * 1024
"""Bytes of records, unpacked, in one feed frame; a single larger record travels alone. With the
ids of what left the scope it fits into a frame even when nothing compresses."""
MAX_PAYLOAD = 32 * 1024
"""Bytes of one operation's payload."""
MAX_TEXT = 4000
"""Characters of one text value."""
MAX_LIST = 200
"""Items of one list value."""
MAX_FIELDS = 100
"""Fields of one patch."""
MAX_SUBSCRIPTIONS = 8
"""Roll-up subscriptions of one connection."""
MAX_HISTORY_ROWS = 500
"""Operations in one history reply, the newest ones."""
HELLO_TIMEOUT_S = 5.0
"""From the connection to its hello."""
SEND_TIMEOUT_S = 10.0
"""A peer that does not take a frame for this long is cut."""
ROLLUP_INTERVAL_S = 0.25
"""Least time between two roll-up frames of one subscription; the first goes out at once."""
MAX_HELLO_FRAME = 24 * 1024
"""Bytes of a message from somebody who is not admitted yet."""
MAX_SCOPE_UNITS = 100
"""Units of one terminal; with the longest codes they still fit into a hello."""
