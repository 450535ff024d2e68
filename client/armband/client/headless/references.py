"""From what people call things to their ids: a household by its door, a person by name or phone."""

from __future__ import annotations

from armband.client.i18n import _
from armband.client.model import Entry, LedgerQuery
from armband.client.search.terms import door_key
from armband.client.terminal import Terminal
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Field, Search
from armband.shared.ids import id_from_hex
from armband.shared.kinds import CATALOGUE
from armband.shared.normal import clean_name, clean_phone

CANDIDATES_SHOWN = 5
_LOOKED_AT = 50


async def resolve(terminal: Terminal, kind: str, name: str, declared: Field, text: str) -> Entry:
    """The record that ``text`` means: the hex of its id, or how people call it.

    Args:
        kind, name, declared: the field that refers to it, for the message.

    Raises:
        InvalidRecord: nothing fits, or several do; the message names them.
    """
    try:
        entry = await terminal.entry(id_from_hex(text))
    except ValueError:
        entry = None
    else:
        if entry is None or entry.view.kind != declared.ref:
            raise InvalidRecord(
                kind, name, _("no {kind} here has this id").format(kind=declared.ref)
            )
        return entry
    # A telephone typed in groups is one word of the search.
    wanted = clean_phone(text) or text
    page = await terminal.ledger(LedgerQuery(declared.ref, text=wanted), 0, _LOOKED_AT)
    exact = [entry for entry in page.entries if _is_called(entry, text)]
    found = exact or list(page.entries)
    if len(found) == 1:
        return found[0]
    if not found:
        raise InvalidRecord(
            kind, name, _("no {kind} here is called {text!r}").format(kind=declared.ref, text=text)
        )
    names = "; ".join(called(entry) for entry in found[:CANDIDATES_SHOWN])
    raise InvalidRecord(
        kind,
        name,
        _("{text!r} may be any of {count}: {names}; give more, or the id").format(
            text=text, count=len(exact) or page.total, names=names
        ),
    )


def called(entry: Entry) -> str:
    """What to call a record in a message: its telling fields, its unit, its id."""
    view = entry.view
    kind = CATALOGUE[view.kind]
    words = [
        view.text(name)
        for name, declared in kind.fields.items()
        if declared.search in (Search.DOOR, Search.NAME) and view.text(name)
    ]
    return f"{' '.join(words)} ({view.unit}, id={view.id.hex()})"


def _is_called(entry: Entry, text: str) -> bool:
    """Whether a telling field is exactly ``text``, in the form in which such fields compare."""
    for name, declared in CATALOGUE[entry.view.kind].fields.items():
        value = entry.view.text(name)
        if not value:
            continue
        match declared.search:
            case Search.DOOR if door_key(value) == door_key(text):
                return True
            case Search.NAME if clean_name(value) == clean_name(text):
                return True
            case Search.PHONE if value == clean_phone(text):
                return True
    return False
