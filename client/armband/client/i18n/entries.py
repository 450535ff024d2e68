"""A whole record in a few words: what lists, titles and search results call it."""

from __future__ import annotations

from armband.client.i18n import N_, _
from armband.client.i18n.words import value_text
from armband.client.model import Entry, Standing
from armband.shared.fields import FieldType
from armband.shared.kinds import CATALOGUE
from armband.shared.masks import masked_name, masked_phone, masked_title
from armband.shared.policy import Policy

_STANDING = {
    Standing.WRITTEN: N_("Waiting"),
    Standing.HELD: N_("Held"),
    Standing.REFUSED: N_("Refused"),
}
STANDING_TONE = {Standing.WRITTEN: "wait", Standing.HELD: "good", Standing.REFUSED: "bad"}
"""The colour beside the word of a standing."""

_SAYS_LITTLE = (FieldType.TIME, FieldType.FLAG)


def standing_word(standing: Standing) -> str:
    """待传, 已收 or 退回."""
    return _(_STANDING[standing])


def person_of_check(entry: Entry, *, names_masked: bool = False) -> str:
    """Whom a check is about: a resident, someone of a door, or a stranger.

    ``names_masked``: see `masks.NAMES_MASKED_FOR`; the lane needs whole names.
    """
    view = entry.view
    for field in ("resident", "household"):
        ref = view.text(field)
        if ref:
            title = entry.names.get(ref, ref[:8])
            return masked_title(field, title) if names_masked else title
    name, phone = view.text("stranger_name"), view.text("stranger_phone")
    if names_masked:
        name = masked_name(name)
    told = " ".join(part for part in (name, masked_phone(phone)) if part)
    return told or _("Stranger")


def title_of(entry: Entry, policy: Policy, today: str, *, names_masked: bool = False) -> str:
    """What to call a record: its first columns that say something, times and ticks left out."""
    view = entry.view
    kind = CATALOGUE.get(view.kind)
    if kind is None:
        return view.kind
    if view.kind == "check":
        return person_of_check(entry, names_masked=names_masked)
    if view.kind == "visit":
        ref = view.text("household")
        title = entry.names.get(ref, ref[:8])
        return masked_title("household", title) if names_masked else title
    named = [n for n in kind.columns if kind.fields[n].type not in _SAYS_LITTLE]
    parts = [
        value_text(
            kind.fields[name],
            view.fields.get(name),
            names=entry.names,
            policy=policy,
            today=today,
            names_masked=names_masked,
        )
        for name in named[:2]
    ]
    return " ".join(part for part in parts if part) or view.id.hex()[:8]
