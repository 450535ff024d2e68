"""The states of a kind of record and the steps that lead from one to the next, as data.

A record's state is one of its fields. Whoever changes it names the step by which (`STEP`), so that
form, headless command and office refuse the same wrong steps for the same reason. What two people
did unseen of each other is no wrong step: both stand, and a person settles it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from armband.shared.errors import WrongStep
from armband.shared.fields import Patch, Value

STEP = "step"
"""The field that says by which step a record came into its state."""
DIGITS = range(4, 10)
"""The keys of steps; those before them act on records of any kind."""


@dataclass(frozen=True, slots=True)
class Step:
    """One way from some states to another.

    Attributes:
        name: as stored; never reused.
        label: English message id, as the button says it.
        sources: the states that it leads from.
        target: the state that it leads to.
        moment: the field that takes the time of the step.
        person: the field that takes the name of whoever took the step.
        asks: fields that the form of the step offers, in order.
        needs: fields that must hold something once the step is taken.
        firsts: fields that take the time of the step when they hold none yet.
        clears: fields that are empty after the step, unless it gives them a value.
        digit: its key wherever the step is offered, one of `DIGITS`; 0 for the next that is free.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    moment: str = ""
    person: str = ""
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    firsts: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    digit: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the author of a change had before them: the record's fields, and its standing states.

    There is more than one state while people who had not seen each other disagree.
    """

    fields: Mapping[str, Value]
    states: tuple[Value, ...]


@dataclass(frozen=True)
class Workflow:
    """The states and steps of a kind.

    Attributes:
        field: the field of the kind that holds the state.
        starts: the states in which a record may begin; the first is what a form gives.
        steps: every step; their names are different.
    """

    field: str
    starts: tuple[str, ...]
    steps: tuple[Step, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Step]:
        """The steps by their names."""
        return {step.name: step for step in self.steps}

    def offered(self, state: str) -> tuple[Step, ...]:
        """The steps that lead on from a state."""
        return tuple(step for step in self.steps if state in step.sources)

    def keys(self, state: str) -> Mapping[int, Step]:
        """The steps that lead on from a state by their keys; more than there are keys have none."""
        offered = self.offered(state)
        named = {step.digit: step for step in offered if step.digit}
        free = (digit for digit in DIGITS if digit not in named)
        rest = (step for step in offered if not step.digit)
        return dict(sorted({**named, **dict(zip(free, rest, strict=False))}.items()))

    def filled(self, patch: Patch, now_ms: int, person: str, present: Mapping[str, Value]) -> Patch:
        """A patch that names a step, with the state, the time and the person that belong to it.

        Args:
            present: the record's fields before it.
        """
        step = self.by_name.get(str(patch.get(STEP)))
        if step is None:
            return patch
        whole: Patch = {**patch, self.field: step.target}
        given_ms = patch.get(step.moment)
        taken_ms = now_ms if given_ms is None else given_ms
        firsts = [(name, taken_ms) for name in step.firsts if present.get(name) is None]
        belongs: list[tuple[str, Value]] = [(step.moment, now_ms), (step.person, person), *firsts]
        for name, value in belongs:
            if name and whole.get(name) is None:
                whole[name] = value
        gone = (name for name in step.clears if present.get(name) is not None)
        return {**dict.fromkeys(gone), **whole}

    def check(self, kind: str, patch: Patch, seen: Seen | None) -> None:
        """Refuse a change of state that is no step from where the record stood.

        Args:
            seen: None when what the author saw is not known here: then only what holds for every
                record is asked.

        Raises:
            WrongStep: with what would be right.
        """
        if self.field not in patch and STEP not in patch:
            return
        if patch.get(STEP) is None:
            self._check_without_step(kind, patch, seen)
            return
        step = self.by_name.get(str(patch[STEP]))
        if step is None:
            names = ", ".join(self.by_name)
            raise WrongStep(kind, STEP, "is one of {steps}", {"steps": names}, str(patch[STEP]))
        if patch.get(self.field) != step.target:
            raise WrongStep(
                kind,
                self.field,
                "the step '{step}' leads to {state}",
                {"step": step.name, "state": step.target},
            )
        if seen is not None:
            _check_sources(kind, self.field, step, seen.states)
        _check_needs(kind, step, patch, seen)

    def _check_without_step(self, kind: str, patch: Patch, seen: Seen | None) -> None:
        """Beginning a record, and choosing among the states that stand, are no steps."""
        if seen is None:
            return
        allowed: Sequence[Value] = seen.states or self.starts
        if patch[self.field] not in allowed:
            steps = ", ".join(self.by_name)
            raise WrongStep(kind, self.field, "changes only by a step: {steps}", {"steps": steps})


def _check_sources(kind: str, field: str, step: Step, states: tuple[Value, ...]) -> None:
    if any(state in step.sources for state in states):
        return
    raise WrongStep(
        kind,
        field,
        "the step '{step}' leads from {sources}; the record is {state}",
        {
            "step": step.name,
            "sources": ", ".join(step.sources),
            "state": ", ".join(str(state) for state in states) or "-",
        },
    )


def _check_needs(kind: str, step: Step, patch: Patch, seen: Seen | None) -> None:
    for name in step.needs:
        value = patch[name] if name in patch else (seen.fields.get(name) if seen else True)
        if value is None or value == "":
            raise WrongStep(kind, name, "must be given for the step '{step}'", {"step": step.name})
