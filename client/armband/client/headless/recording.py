"""Records as lines: text in, validated drafts saved, a reason for each line that is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from armband.client.allowed import check_write
from armband.client.errors import ClientError
from armband.client.headless.outcome import Outcome
from armband.client.headless.places import (
    CHECKPOINT,
    check_place,
    chosen_checkpoint,
    default_unit,
)
from armband.client.headless.references import resolve
from armband.client.headless.saving import Saver
from armband.client.i18n import OPTION, _, pgettext
from armband.client.merging import check_same
from armband.client.model import Entry
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.errors import ArmbandError, InvalidRecord
from armband.shared.fields import Field, FieldType, Option, Patch, Value
from armband.shared.ids import id_from_hex
from armband.shared.kinds import CATALOGUE, UNIT, VOID, Kind, kind_named
from armband.shared.kinds.declare import RESERVED
from armband.shared.kinds.same import SAME_AS
from armband.shared.text_values import parse_field

ID = "id"


class Line(msgspec.Struct, frozen=True):
    """One record as it was typed or read.

    Attributes:
        line: its number, from 1.
        fields: text to be read as on a form, or values as JSON has them; ``unit``, ``id`` and
            ``void`` may be among them.
        problem: why the line could not even be read; empty when it could.
        new_id: hex of the id that a new record gets, made where the line was typed, so that a
            line which is handed over twice makes one record.
    """

    line: int
    kind: str
    fields: dict[str, Any]
    problem: str = ""
    new_id: str = ""


async def record_lines(terminal: Terminal, lines: Sequence[Line]) -> Outcome:
    """Save every line that can be saved; a line may refer to what an earlier one makes."""
    saver = Saver(terminal)
    for line in lines:
        try:
            if _refers_to(line) & saver.pending_kinds or saver.concerns(line.fields.get(ID)):
                await saver.flush()
            draft = await _draft(terminal, line)
        except ArmbandError as error:
            saver.refuse(line.line, error)
        else:
            await saver.add(line.line, draft)
    return await saver.outcome()


def _refers_to(line: Line) -> frozenset[str]:
    """Kinds of records that the line names."""
    kind = CATALOGUE.get(line.kind)
    if kind is None:
        return frozenset()
    named = {kind.fields[name].ref for name in line.fields if name in kind.fields}
    if UNIT in line.fields:
        named.add("unit")
    if SAME_AS in line.fields:
        named.add(kind.name)
    return frozenset(named)


async def _draft(terminal: Terminal, line: Line) -> Draft:
    if line.problem:
        raise ClientError(line.problem)
    kind = kind_named(line.kind)
    check_write(terminal.identity, kind.name)
    known = await _known(terminal, kind, line.fields.get(ID))
    fields, references = await read_fields(terminal, kind, line.fields)
    unit = str(fields.pop(UNIT, "") or "")
    if unit:
        await check_place(terminal, kind, unit)
    if fields.get(SAME_AS) is not None:
        same = await _stays(terminal, kind, line.fields, known)
        fields[SAME_AS] = same
    if known is not None:
        return Draft(kind.name, known.view.id, unit, fields)
    if kind.name == "check" and CHECKPOINT not in fields:
        here = await chosen_checkpoint(terminal)
        if here is not None:
            references[CHECKPOINT] = here
            fields[CHECKPOINT] = here.view.id.hex()
    placed = unit or default_unit(terminal, kind, references)
    new_id = kind.natural_id(terminal.identity.office, placed, fields) or id_of_line(
        terminal, line.new_id
    )
    return Draft(kind.name, new_id, placed, fields)


async def read_fields(
    terminal: Terminal, kind: Kind, given: dict[str, Any]
) -> tuple[Patch, dict[str, Entry]]:
    """Values of fields as typed or as JSON has them, and the records that they name, by field.

    Raises:
        InvalidRecord: a value is not what its field allows, or names no record that is here.
    """
    fields: Patch = {}
    references: dict[str, Entry] = {}
    for name, value in given.items():
        if name == ID:
            continue
        declared = kind.fields.get(name)
        is_reference = declared is not None and declared.type is FieldType.REF
        if declared is not None and is_reference and isinstance(value, str) and value:
            references[name] = await resolve(terminal, kind.name, name, declared, value)
            fields[name] = references[name].view.id.hex()
        else:
            fields[name] = _value(kind, name, value, terminal.today)
    return fields, references


async def _stays(terminal: Terminal, kind: Kind, given: dict[str, Any], known: Entry | None) -> str:
    """The id of the record that stands for the line's, which must be one that is here."""
    if known is None:
        raise InvalidRecord(kind.name, SAME_AS, _("needs id=ID of the record that goes"))
    declared = Field(SAME_AS, FieldType.REF, ref=kind.name)
    found = await resolve(terminal, kind.name, SAME_AS, declared, str(given[SAME_AS]))
    await check_same(terminal, known.view.id, kind.name, found.view.id.hex())
    return found.view.id.hex()


async def _known(terminal: Terminal, kind: Kind, given: object) -> Entry | None:
    if given is None:
        return None
    try:
        entry = await terminal.entry(id_from_hex(str(given)))
    except ValueError:
        entry = None
    if entry is None or entry.view.kind != kind.name:
        raise InvalidRecord(kind.name, ID, _("no {kind} here has this id").format(kind=kind.name))
    return entry


def _value(kind: Kind, name: str, given: object, today: str) -> Value:
    if name not in kind.fields and name not in RESERVED:
        names = ", ".join((*kind.fields, UNIT, VOID, ID))
        raise InvalidRecord(
            kind.name, name, _("is no field; there are: {names}").format(names=names)
        )
    if name in RESERVED:
        return str(given) if given else None
    if isinstance(given, float):
        given = str(given)
    if isinstance(given, list) and any(isinstance(item, float) for item in given):
        # Degrees, as people write them; a list of texts is never read anew.
        given = " ".join(map(str, given))
    if isinstance(given, str):
        return parse_field(kind, name, given, today, _label) if given else None
    if given is None or isinstance(given, bool | int):
        return given
    if isinstance(given, list) and all(isinstance(item, int | str) for item in given):
        return given
    raise InvalidRecord(
        kind.name, name, _("must be a text, a number, yes or no, or a list of these")
    )


def _label(option: Option) -> str:
    return pgettext(OPTION, option.label)


def id_of_line(terminal: Terminal, given: str) -> bytes:
    """The id of a new record: the one made where the line was typed, or a new one."""
    return id_from_hex(given) if given else terminal.new_id()
