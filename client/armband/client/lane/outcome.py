"""What a line comes to. One `LaneCheck` is both what is shown and what Enter records."""

from __future__ import annotations

from dataclasses import dataclass, replace

from armband.client.lane.parse import Fault
from armband.client.model import Match
from armband.shared.fields import Patch
from armband.shared.policy import Policy


@dataclass(frozen=True, slots=True)
class LaneCheck:
    """One check as far as the line says it.

    Attributes:
        person: the resident or the door that was meant.
        name: of somebody without a record of their own: a stranger, or somebody of the door
            ``person``, such as the head whom the register names.
        phone: a stranger's telephone.
        temp_tenths: tenths of a degree Celsius, as typed.
        code: the colour, as typed.
        decision: as typed, or "passed" when nothing stands against it.
    """

    person: Match | None = None
    name: str = ""
    phone: str = ""
    temp_tenths: int | None = None
    code: str | None = None
    decision: str | None = None
    direction: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What a whole check still needs: ``temperature``, ``code``."""
        absent = (("temperature", self.temp_tenths), ("code", self.code))
        return tuple(word for word, value in absent if value is None)

    @property
    def who(self) -> str:
        """The person's name, or a stranger's name and telephone; empty for nobody or a door."""
        if self.person is not None and self.person.kind == "resident":
            return self.person.name
        return " ".join(part for part in (self.name, self.phone) if part)

    @property
    def head(self) -> str:
        """Who heads the household, when the check says only "somebody of this door"."""
        is_door = self.person is not None and self.person.kind == "household" and not self.name
        return self.person.name if self.person is not None and is_door else ""

    @property
    def door(self) -> str:
        """The door, when one is known."""
        return self.person.door if self.person is not None else ""

    @property
    def temperature(self) -> str:
        """The temperature as people write it, ``36.5``; empty when none was typed."""
        return (
            "" if self.temp_tenths is None else f"{self.temp_tenths // 10}.{self.temp_tenths % 10}"
        )

    def fields(self) -> Patch:
        """The fields of the check's record, as far as the line gives them.

        Time, day and checkpoint are the recorder's.
        """
        values: Patch = {"temp_tenths": self.temp_tenths, "code": self.code}
        values["decision"] = self.decision
        values["direction"] = self.direction
        values["stranger_name"] = self.name or None
        values["stranger_phone"] = self.phone or None
        if self.person is not None:
            values[self.person.kind] = self.person.id.hex()
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Ready:
    """Enter records ``check``."""

    check: LaneCheck


@dataclass(frozen=True, slots=True)
class NeedsDecision:
    """The check is whole, but somebody must decide: ``reasons`` are ``fever`` and ``code``."""

    check: LaneCheck
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeedsChoice:
    """The line may mean any of these; each is settled by `settle` once it is chosen."""

    candidates: tuple[LaneCheck, ...]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Not yet a whole check. ``missing`` is what every one of ``candidates`` lacks."""

    missing: tuple[str, ...]
    candidates: tuple[LaneCheck, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """The line cannot be a check: ``part`` is what is wrong with it, ``fault`` why."""

    fault: Fault
    part: str


LaneOutcome = Ready | NeedsDecision | NeedsChoice | Incomplete | Wrong


def settle(check: LaneCheck, policy: Policy) -> Ready | NeedsDecision | Incomplete:
    """What a check for which nothing is left to choose comes to.

    Only green without fever passes by itself; everything else takes a typed decision.
    """
    if check.missing:
        return Incomplete(check.missing, (check,))
    if check.decision is not None:
        return Ready(check)
    fever = check.temp_tenths is not None and check.temp_tenths >= policy.fever_tenths
    reasons = (*(("fever",) if fever else ()), *(("code",) if check.code != "green" else ()))
    if reasons:
        return NeedsDecision(check, reasons)
    return Ready(replace(check, decision="passed"))


def decide(check: LaneCheck, decision: str) -> LaneCheck:
    """The check with the decision that somebody took: passed, turned_back or referred."""
    return replace(check, decision=decision)
