"""Who sits at this terminal: of the staff, and with which posts."""

from __future__ import annotations

from armband.client.store import dbapi
from armband.client.store.desk import load_preference, set_preference
from armband.client.store.tables import decode_patch, load_identity
from armband.shared.days import day_of
from armband.shared.fields import Patch
from armband.shared.ids import ID_BYTES

ME = "me"
"""The preference that says which member of the staff sits here: the hex of a record's id. Each
person who unlocks the terminal has one of their own."""
PERSON = "person"
"""The preference that says who has unlocked this terminal; ``""`` where nobody has to."""
_OF = "\x1f"
"""Stands between a form and whose draft it is; no name of a form has it."""


def sit_down(conn: dbapi.Connection, person: str) -> None:
    """From now on ``person`` sits here: who was chosen and what was typed are theirs again.

    What was typed before anybody had a PIN goes to the first who unlocks; when nobody has one any
    more, every draft is everybody's.
    """
    set_preference(conn, PERSON, person)
    if person:
        conn.execute(
            "UPDATE OR IGNORE drafts SET form = form || ? WHERE instr(form, ?) = 0",
            (_OF + person, _OF),
        )
    else:
        conn.execute(
            "UPDATE OR IGNORE drafts SET form = substr(form, 1, instr(form, ?) - 1) "
            "WHERE instr(form, ?) > 0",
            (_OF, _OF),
        )


def form_of(form: str, person: str) -> str:
    """A form's name in the store, for the person who fills it in."""
    return form + _OF + person if person else form


def drafts_of(drafts: dict[str, dict[str, str]], person: str) -> dict[str, dict[str, str]]:
    """Of all drafts those of one person, by form."""
    parts = [(form.partition(_OF), values) for form, values in drafts.items()]
    return {form: values for (form, _of, whose), values in parts if whose == person}


def choose_me(conn: dbapi.Connection, staff: str) -> None:
    """Whoever sits here now is this member of the staff."""
    set_preference(conn, _me_of(load_preference(conn, PERSON)), staff)


def _me_of(person: str) -> str:
    return f"{ME} {person}" if person else ME


def who_sits_here(conn: dbapi.Connection) -> str:
    """The hex id of the member of staff at this terminal, ``""`` when it is not plain who.

    Chosen once, or the only one of the scope who is called as the person who has unlocked it, or,
    where nobody has to, as the office calls this terminal's person: of several people of one name
    nobody can tell, until somebody says it.
    """
    unlocked = load_preference(conn, PERSON)
    chosen = load_preference(conn, _me_of(unlocked))
    if chosen:
        return chosen
    person = unlocked or load_identity(conn).person
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
