"""How often a PIN may be guessed, and for how long what is here may be read. Pure."""

from __future__ import annotations

from armband.client.keyring_file import Ring

OFFLINE_DAYS = 7
"""Days since the last contact after which a terminal with a PIN only hands in."""
FREE_TRIES, FIRST_WAIT_S, LONGEST_WAIT_S = 3, 2, 900
_DAY_MS = 86_400_000


def wait_ms(ring: Ring, now_ms: int) -> int:
    """How long no PIN is listened to: doubling from the third wrong one, a quarter hour at most."""
    if ring.failed < FREE_TRIES:
        return 0
    doubled = FIRST_WAIT_S << min(ring.failed - FREE_TRIES, 16)
    whole = min(doubled, LONGEST_WAIT_S) * 1000
    # A clock that was put back must not make the wait longer than it is.
    return max(0, min(whole, ring.failed_at_ms + whole - now_ms))


def reading_expired(last_contact_ms: int | None, now_ms: int, days: int = OFFLINE_DAYS) -> bool:
    """Whether what is recorded may only be sent and exported, and not read any more.

    A terminal that never had a contact holds nothing of the office's and is not expired.
    """
    return last_contact_ms is not None and now_ms - last_contact_ms > days * _DAY_MS
