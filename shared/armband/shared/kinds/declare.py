"""What a kind of record is: its declaration, its fields, and how a patch is checked against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_type_hints

import msgspec

from armband.shared.days import is_day
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Field, FieldType, Patch, Value
from armband.shared.id_numbers import holds_id_number
from armband.shared.ids import natural_record_id
from armband.shared.kinds.duties import Duty, Settled
from armband.shared.kinds.same import SAME_AS, is_id
from armband.shared.kinds.workflow import STEP, Seen, Workflow
from armband.shared.policy import Policy
from armband.shared.right import EMPTY, right_instead
from armband.shared.roles import FIELD, SETTLERS, STAFF, Right, Role

UNIT = "unit"
"""Every record's first patch sets it: where the record hangs in the grid tree."""
VOID = "void"
"""A voided record carries the reason here; nothing is ever deleted."""
REASON = "reason"
"""Why a record was corrected, as the newest correction says; never in conflict with another."""
MOVED_FROM = "moved_from"
"""The unit on which a record hung before a re-gridding moved it; written by the office alone."""
RESERVED = (UNIT, VOID, REASON, STEP, SAME_AS, MOVED_FROM)
NEVER_IN_CONFLICT = frozenset({REASON, STEP, MOVED_FROM})
"""They belong to the change that they came with."""
MAX_VOID_REASON = 200
"""Characters of a reason, for voiding and for correcting."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one record adds to one cell of the roll-ups.

    Attributes:
        metric: dotted name, as in shared/METRICS.md.
        count: how much; for a distinct count, 1.
        day: the day it belongs to; ``""`` for what exists now.
        member: for a distinct count, whom or what is counted once.
    """

    metric: str
    count: int = 1
    day: str = ""
    member: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A record as merge leaves it: the winning value of each field."""

    id: bytes
    kind: str
    unit: str
    fields: Mapping[str, Value]
    void: str = ""
    stamp: int = 0
    conflicts: tuple[str, ...] = ()
    suspect: bool = False

    @property
    def same_as(self) -> str:
        """Hex id of the record that stands for this one, ``""`` when none does."""
        other = self.fields.get(SAME_AS)
        return other if isinstance(other, str) and is_id(other) and other != self.id.hex() else ""

    def text(self, name: str) -> str:
        """A text field, ``""`` when absent or of another type."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""


Contribute = Callable[[View, Any, Policy], tuple[Contribution, ...]]
Duties = Callable[[View, Any, Policy], tuple[Duty, ...]]
Settles = Callable[[View, Any, Policy], tuple[Settled, ...]]
Derive = Callable[[Mapping[str, int], str], Mapping[str, int]]
"""From a row's metrics and its day to those that follow from them and add up to nothing."""
RAW = "@"
"""A metric whose name holds it is raw material of derived ones: it is in no report."""
Opens = Callable[[View, Any, Policy], tuple[Draft, ...]]
Fills = Callable[[Mapping[str, Value], Patch, Policy], Patch]
"""From a record's fields (none of a new one) and a change to what the program adds to it."""
NaturalKey = Callable[[str, Mapping[str, Value]], tuple[str, ...] | None]
"""From a unit and fields to what makes the record the same record wherever it is entered."""


def no_natural_key(_unit: str, _fields: Mapping[str, Value]) -> None:
    """For kinds of which two records are never one because they look alike."""


@dataclass(frozen=True)
class Kind:
    """A kind of record: everything the rest of the program knows about it.

    Attributes:
        name: as stored; never reused.
        label, plural: English message ids.
        body: the Struct whose annotations declare the fields.
        contribute: ``(view, body, policy)`` to what the record adds to the roll-ups.
        columns: fields that a ledger row shows, in order.
        metrics: every metric that ``contribute`` and ``derive`` can give, with its definition;
            raw ones by the part before the ``@``.
        derive: what a report works out of a row's sums: percentiles, what is overdue.
        writers: the roles whose terminals may make and change records of this kind.
        readers: the roles to whom the office sends them. Who writes a kind and does not read it
            hands it in: it changes its own and sees them until they are off the terminal.
        settlers: the writers who may settle conflicts; of all writers, `SETTLERS` if not given.
        administrators: the writers who may void, merge and move; `FIELD` if not given.
        append_only: never changed once made, by nobody; no form or list of a terminal has it.
        goes_down: terminals of the units below read them too, as what is said to all of these.
        workflow: its states and steps, if it has any.
        duties: ``(view, body, policy)`` to what the record asks somebody to do.
        settles: the same to what the record shows to have been done.
        opens: the same to the records that begin with one of this kind, such as the rectification
            of what an inspection found; their ids follow from its id (`ids.opened_record_id`).
        fills: what the program adds to a change by the office's policy, where nobody says so.
        taken: field to ``(reference, field)``: left empty, it takes what the record that the
            reference points to says there when this one is made.
        names_others: records that refer to one of this kind are found by its name, too.
        dated: the field that holds the record's day, if it has one.
        follows_people: a record goes along when its unit moves, although it is dated.
        shifted: the field that names the checkpoint to whose shift's day a record belongs.
        natural_key: two people who enter one door offline make one record.
        check_whole: the problem of a complete record as ``(field, problem)``, or None.
    """

    name: str
    label: str
    plural: str
    body: type[msgspec.Struct]
    contribute: Contribute
    columns: tuple[str, ...]
    metrics: Mapping[str, str]
    writers: frozenset[Role]
    readers: frozenset[Role] = STAFF
    settlers: frozenset[Role] = SETTLERS
    administrators: frozenset[Role] = FIELD
    append_only: bool = False
    goes_down: bool = False
    derive: Derive | None = None
    workflow: Workflow | None = None
    duties: Duties | None = None
    settles: Settles | None = None
    opens: Opens | None = None
    fills: Fills | None = None
    taken: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    names_others: bool = False
    dated: str = ""
    follows_people: bool = False
    shifted: str = ""
    natural_key: NaturalKey = no_natural_key
    check_whole: Callable[[Any], tuple[str, str] | None] = field(default=lambda _body: None)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Field name to its declaration, in the order of the form."""
        hints = get_type_hints(self.body, include_extras=True)
        return {name: _declared(self.name, name, hint) for name, hint in hints.items()}

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields without which a record of this kind is refused."""
        infos = msgspec.structs.fields(self.body)
        return frozenset(info.name for info in infos if info.required)

    @cached_property
    def never_in_conflict(self) -> frozenset[str]:
        """The fields for which different values are no conflict."""
        return NEVER_IN_CONFLICT | {
            n for n, declared in self.fields.items() if declared.any_is_right
        }

    @cached_property
    def _days(self) -> tuple[str, ...]:
        return tuple(n for n, declared in self.fields.items() if declared.type is FieldType.DAY)

    @cached_property
    def _types(self) -> Mapping[str, Any]:
        return dict(get_type_hints(self.body, include_extras=True))

    def roles(self, right: Right) -> frozenset[Role]:
        """The roles that have a right to these records; whoever settles or administers, writes."""
        match right:
            case Right.READ:
                return self.readers
            case Right.WRITE:
                return self.writers
            case Right.SETTLE:
                return self.settlers & self.writers
            case Right.ADMINISTER:
                return self.administrators & self.writers

    def check_field(self, name: str, value: Value) -> None:
        """Refuse a value that this field cannot hold; an unknown field is carried as it is.

        Raises:
            InvalidRecord: with the field and what would be right.
        """
        if name in RESERVED:
            _check_reserved(self.name, name, value)
            return
        declared = self.fields.get(name)
        if declared is None:
            return
        if value is None:
            if name in self.required:
                raise InvalidRecord(self.name, name, EMPTY)
            return
        try:
            msgspec.convert(value, self._types[name])
        except msgspec.ValidationError as error:
            message, parts = right_instead(declared, str(error))
            raise InvalidRecord(self.name, name, message, parts) from None
        if declared.type is FieldType.DAY and not is_day(str(value)):
            raise InvalidRecord(
                self.name, name, "{day} is not a day of the calendar", {"day": value}
            )

    def check_patch(self, patch: Patch) -> None:
        """Refuse a patch with a value that its field cannot hold.

        Raises:
            InvalidRecord: for the first such field.
        """
        self._refuse_id_numbers(patch)
        for name, value in patch.items():
            self.check_field(name, value)

    def _refuse_id_numbers(self, patch: Patch) -> None:
        for name, value in patch.items():
            if holds_id_number(value):
                raise InvalidRecord(
                    self.name, name, "holds a whole ID number: only its last four may be kept"
                )

    def check_step(self, patch: Patch, seen: Seen | None) -> None:
        """Refuse a change of state that is no step of the workflow; see `Workflow.check`.

        Raises:
            WrongStep: with what would be right.
        """
        if self.workflow is not None:
            self.workflow.check(self.name, patch, seen)

    def check_new(self, patch: Patch) -> None:
        """Refuse the first patch of a record when something required is missing or wrong.

        Raises:
            InvalidRecord: with the field and what would be right.
        """
        if self.workflow is not None:
            self.workflow.check(self.name, patch, Seen({}, ()))
        self._refuse_id_numbers(patch)
        for name in (UNIT, *sorted(self.required)):
            if patch.get(name) is None:
                raise InvalidRecord(self.name, name, "must be given")
        try:
            body = self.parse(patch)
        except msgspec.ValidationError:
            self.check_patch(patch)
            raise
        for name in (*RESERVED, *self._days):
            if patch.get(name) is not None:
                self.check_field(name, patch[name])
        problem = self.check_whole(body)
        if problem is not None:
            raise InvalidRecord(self.name, *problem)

    def parse(self, fields: Mapping[str, Value]) -> msgspec.Struct:
        """The typed body of a record's fields; unknown fields are left out.

        Raises:
            msgspec.ValidationError: a field has the wrong type or a required one is missing.
        """
        known = {name: fields[name] for name in self.fields if fields.get(name) is not None}
        return msgspec.convert(known, self.body)

    def natural_id(self, office: str, unit: str, fields: Mapping[str, Value]) -> bytes | None:
        """The id that follows from a record's natural key; None when it has none."""
        key = self.natural_key(unit, fields)
        return None if key is None else natural_record_id(office, self.name, *key)

    def contributions(self, view: View, policy: Policy) -> tuple[Contribution, ...]:
        """What a record adds to the roll-ups.

        Nothing when it is voided, incomplete, or another record stands for it.
        """
        body = self._counted_body(view)
        return () if body is None else self.contribute(view, body, policy)

    def duties_of(self, view: View, policy: Policy) -> tuple[Duty, ...]:
        """What a record asks somebody to do; nothing when it is voided or incomplete."""
        if self.duties is None or (body := self._counted_body(view)) is None:
            return ()
        return self.duties(view, body, policy)

    def settled_by(self, view: View, policy: Policy) -> tuple[Settled, ...]:
        """What a record shows to have been done; nothing when it is voided or incomplete."""
        if self.settles is None or (body := self._counted_body(view)) is None:
            return ()
        return self.settles(view, body, policy)

    def opened_by(self, view: View, policy: Policy) -> tuple[Draft, ...]:
        """The records that begin with this one; none when it is voided or incomplete."""
        if self.opens is None or (body := self._counted_body(view)) is None:
            return ()
        return self.opens(view, body, policy)

    def _counted_body(self, view: View) -> msgspec.Struct | None:
        if view.void or not view.unit or view.same_as:
            return None
        try:
            return self.parse(view.fields)
        except msgspec.ValidationError:
            return None


def _declared(kind: str, name: str, hint: object) -> Field:
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Field):
            return extra
    raise TypeError(f"{kind}.{name} carries no Field in its annotation")


def _check_reserved(kind: str, name: str, value: Value) -> None:
    if name == SAME_AS:
        if value is not None and not is_id(value):
            raise InvalidRecord(kind, name, "must be the id of the record that stays")
        if value is not None and kind == "unit":
            raise InvalidRecord(kind, name, "units are merged by re-gridding at the office")
        return
    if not isinstance(value, str):
        raise InvalidRecord(kind, name, "must be a text")
    if name in (VOID, REASON) and not 0 < len(value) <= MAX_VOID_REASON:
        raise InvalidRecord(
            kind, name, "needs a reason of 1 to {most} characters", {"most": MAX_VOID_REASON}
        )
