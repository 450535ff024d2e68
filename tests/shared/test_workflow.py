from __future__ import annotations

import pytest

from armband.shared.errors import WrongStep
from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE, Kind
from armband.shared.kinds.workflow import DIGITS, STEP, Seen, Step, Workflow

FLOW = Workflow(
    field="state",
    starts=("open",),
    steps=(
        Step("accept", "Accept", ("open",), "accepted", moment="accepted_at", person="accepted_by"),
        Step("close", "Close", ("open", "accepted"), "closed", asks=("result",), needs=("result",)),
        Step("reopen", "Open again", ("closed",), "open"),
    ),
)


def seen(*states: str, **fields: str) -> Seen:
    return Seen({"state": states[0] if states else None, **fields}, states)


def test_only_steps_that_lead_on_are_offered() -> None:
    assert [step.name for step in FLOW.offered("open")] == ["accept", "close"]
    assert [step.name for step in FLOW.offered("closed")] == ["reopen"]


def test_a_named_step_brings_its_state_its_moment_and_its_person() -> None:
    assert FLOW.filled({STEP: "accept"}, 1000, "张敏", {}) == {
        STEP: "accept",
        "state": "accepted",
        "accepted_at": 1000,
        "accepted_by": "张敏",
    }
    given: Patch = {STEP: "accept", "accepted_at": 900, "accepted_by": "李"}
    assert FLOW.filled(given, 1000, "张敏", {})["accepted_at"] == 900
    assert FLOW.filled({"note": "x"}, 1000, "张敏", {}) == {"note": "x"}


def test_a_step_notes_what_happens_first_and_clears_what_is_over() -> None:
    step = Step(
        "reopen", "Open again", ("closed",), "open", firsts=("once_at",), clears=("result", "by")
    )
    flow = Workflow("state", ("open",), (step,))
    first = flow.filled({STEP: "reopen"}, 5, "张敏", {"result": "ok", "once_at": None})
    assert first == {STEP: "reopen", "state": "open", "once_at": 5, "result": None}
    timed = Step("reopen", "Open again", ("closed",), "open", moment="at", firsts=("once_at",))
    told: Patch = {STEP: "reopen", "at": 3}
    taken = Workflow("state", ("open",), (timed,)).filled(told, 9, "张敏", {})
    assert taken == {STEP: "reopen", "state": "open", "at": 3, "once_at": 3}
    later = flow.filled({STEP: "reopen", "by": "李"}, 9, "张敏", {"by": "张敏", "once_at": 5})
    assert later == {STEP: "reopen", "state": "open", "by": "李"}


@pytest.mark.parametrize(
    ("patch", "before"),
    [
        ({"note": "x"}, seen("closed")),
        ({STEP: "accept", "state": "accepted"}, seen("open")),
        ({STEP: "close", "state": "closed", "result": "ok"}, seen("accepted")),
        ({STEP: "close", "state": "closed"}, seen("open", result="there already")),
        ({STEP: "accept", "state": "accepted"}, seen("closed", "open")),
        ({"state": "closed"}, seen("closed", "accepted")),  # settles
        ({"state": "open"}, seen()),  # begins
        ({"state": "closed"}, None),  # cannot be judged here
        ({STEP: "accept", "state": "accepted"}, None),
    ],
)
def test_lawful_changes(patch: Patch, before: Seen | None) -> None:
    FLOW.check("case", patch, before)


@pytest.mark.parametrize(
    ("patch", "before", "words"),
    [
        ({STEP: "accept", "state": "accepted"}, seen("closed"), "leads from open; the record is"),
        ({STEP: "accept", "state": "closed"}, seen("open"), "leads to accepted"),
        ({STEP: "accept"}, seen("open"), "leads to accepted"),
        ({STEP: "accept", "state": "closed"}, None, "leads to accepted"),
        ({STEP: "jump", "state": "closed"}, None, "accept, close, reopen"),
        ({STEP: "close", "state": "closed"}, seen("open"), "must be given"),
        ({STEP: "close", "state": "closed", "result": None}, seen("open", result="x"), "must be"),
        ({"state": "closed"}, seen("open"), "only by a step"),
        ({"state": "open"}, seen("closed"), "only by a step"),
        ({"state": "closed"}, seen(), "only by a step"),
        ({STEP: "accept", "state": "accepted"}, seen(), "leads from open"),
    ],
)
def test_wrong_steps_say_what_would_be_right(patch: Patch, before: Seen | None, words: str) -> None:
    with pytest.raises(WrongStep) as caught:
        FLOW.check("case", patch, before)
    assert words in str(caught.value)


@pytest.mark.parametrize("kind", [kind for kind in CATALOGUE.values() if kind.workflow])
def test_every_step_has_a_key_of_its_own_from_every_state(kind: Kind) -> None:
    assert kind.workflow is not None
    states = [option.code for option in kind.fields[kind.workflow.field].options]
    for state in states:
        keys = kind.workflow.keys(state)
        assert len(keys) == len(kind.workflow.offered(state)), state
        assert set(keys) <= set(DIGITS)


def test_a_step_of_a_case_has_one_key_wherever_it_is_offered() -> None:
    flow = CATALOGUE["case"].workflow
    assert flow is not None
    found = {
        (step.name, key)
        for state in ("reported", "dispatched", "accepted", "done", "closed", "cancelled")
        for key, step in flow.keys(state).items()
    }
    assert len(found) == len(flow.steps)
