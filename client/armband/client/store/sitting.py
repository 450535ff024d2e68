"""Who sits at this terminal: of the staff, and with which posts."""

from __future__ import annotations

from armband.client.store import dbapi
from armband.client.store.desk import load_preference
from armband.client.store.tables import decode_patch, load_identity
from armband.shared.days import day_of
from armband.shared.fields import Patch
from armband.shared.ids import ID_BYTES

ME = "me"
"""The preference that says which member of the staff sits here: the hex of a record's id."""


def who_sits_here(conn: dbapi.Connection) -> str:
    """The hex id of the member of staff at this terminal, ``""`` when it is not plain who.

    Chosen once, or the only one of the scope who is called as the office calls this terminal's
    person: of several people of one name nobody can tell, until somebody says it.
    """
    chosen = load_preference(conn, ME)
    if chosen:
        return chosen
    person = load_identity(conn).person
    same = namesakes(conn, person) if person else []
    return same[0] if len(same) == 1 else ""


def namesakes(conn: dbapi.Connection, person: str) -> list[str]:
    """Members of the staff who are called so."""
    rows = conn.execute(
        "SELECT record FROM view WHERE kind = 'staff' AND voided = 0 AND title = ? ORDER BY n",
        (person,),
    )
    return [record.hex() for (record,) in rows]


def posts_of(conn: dbapi.Connection, who: str, now_ms: int) -> list[str]:
    """The posts that a member of the staff holds, in their own record and in records of posts."""
    if len(who) != 2 * ID_BYTES:
        return []
    found: dict[str, None] = {}
    record = conn.execute(
        "SELECT fields FROM view WHERE record = ? AND voided = 0", (bytes.fromhex(who),)
    ).fetchone()
    if record is not None:
        posts = decode_patch(record[0]).get("posts")
        found.update((str(post), None) for post in (posts if isinstance(posts, list) else ()))
    day = day_of(now_ms, load_identity(conn).policy)
    for (fields,) in conn.execute("SELECT fields FROM view WHERE kind = 'post' AND voided = 0"):
        post = decode_patch(fields)
        if post.get("staff") == who and _held(post, day):
            found[str(post.get("role"))] = None
    return list(found)


def _held(post: Patch, day: str) -> bool:
    since, until = post.get("since"), post.get("until")
    return (not since or str(since) <= day) and (not until or day <= str(until))
