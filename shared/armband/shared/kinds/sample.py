"""Sample (采样): how it stands with one person in one round of testing.

Where the register names nobody of a household, one sample stands for so many people of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from armband.shared.fields import (
    Day,
    Field,
    FieldType,
    Millis,
    Name,
    Option,
    Ref,
    Search,
    Text,
    Value,
    choice,
)
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import FIELD

STATUS_OPTIONS = (
    Option("sampled", "Sampled"),
    Option("refused", "Declined"),
    Option("exempt", "Exempt"),
    Option("absent", "Absent"),
    Option("none", "Not yet"),
)
COUNTED = ("sampled", "refused", "exempt", "absent")
Status = Literal["sampled", "refused", "exempt", "absent", "none"]
Heads = Annotated[int, msgspec.Meta(ge=1, le=50)]


class Sample(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person, or so many of a household, in one round."""

    round: Annotated[Ref, Field("Round", FieldType.REF, ref="round")]
    status: Annotated[Status, choice("Status", STATUS_OPTIONS)]
    at: Annotated[Millis, Field("Time", FieldType.TIME, on_form=False, any_is_right=True)]
    round_day: Annotated[Day, Field("Round's day", FieldType.DAY, on_form=False)]
    household: Annotated[Ref | None, Field("Household", FieldType.REF, ref="household")] = None
    resident: Annotated[Ref | None, Field("Person", FieldType.REF, ref="resident")] = None
    name: Annotated[Name | None, Field("Name", personal=True, search=Search.NAME)] = None
    people: Annotated[Heads | None, Field("How many of the household", FieldType.COUNT)] = None
    why: Annotated[Text | None, Field("Why not", personal=True, search=Search.WORDS)] = None


def heads(sample: Sample) -> int:
    """For how many people it stands."""
    return 1 if sample.resident or sample.name else sample.people or 1


def _members(sample: Sample) -> tuple[str, ...]:
    if sample.resident:
        return (sample.resident,)
    if sample.name:
        return (f"{sample.household}:{sample.name}",)
    return tuple(f"{sample.household}:{number}" for number in range(heads(sample)))


def _contribute(_view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    sample: Sample = body
    if sample.status == "none":
        return ()
    day = sample.round_day
    counted = Contribution(f"samples.{sample.status}", heads(sample), day=day)
    if sample.status != "sampled":
        return (counted,)
    persons = (Contribution("samples.persons", day=day, member=m) for m in _members(sample))
    return (counted, *persons)


def _check_whole(body: Any) -> tuple[str, str] | None:
    sample: Sample = body
    if sample.household is None and sample.resident is None:
        return "household", "a household or a resident must be given"
    return None


def _natural_key(_unit: str, fields: Mapping[str, Value]) -> tuple[str, ...] | None:
    """Two who record the same person in the same round make one record."""
    of_round, resident, household = (fields.get(n) for n in ("round", "resident", "household"))
    if not of_round or not (resident or household):
        return None
    if resident:
        return (str(of_round), str(resident))
    return (str(of_round), str(household), str(fields.get("name") or ""))


KIND = Kind(
    name="sample",
    label="Sample",
    plural="Samples",
    body=Sample,
    contribute=_contribute,
    natural_key=_natural_key,
    check_whole=_check_whole,
    taken={"round_day": ("round", "day")},
    columns=("at", "household", "resident", "name", "status", "round"),
    metrics={
        **{
            f"samples.{code}": f"people of rounds of the day with the status '{o.label}'"
            for code, o in zip(COUNTED, STATUS_OPTIONS, strict=False)
        },
        "samples.persons": "different people sampled in rounds of the day",
    },
    dated="round_day",
    writers=FIELD,
    readers=FIELD,
)
