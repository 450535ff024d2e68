"""Own operations over the base: who wins, what conflicts, what the next author has seen."""

from __future__ import annotations

import pytest

from armband.client.model import Standing
from armband.client.overlay import OpState, OwnOp, seen_by_next, shown_view, standing_of
from armband.shared.fields import Patch
from armband.shared.merge import State, Write, merge
from armband.shared.ops import Payload

ID = b"r" * 16
ME = b"m" * 16
UNIT = "lianhu/a"


def base(*patches: Patch, stamp: int = 10) -> State:
    writes = [
        Write(
            stamp + at, bytes([at]) * 16, b"o" * 16, at + 1, stamp + at - 1, "other", False, patch
        )
        for at, patch in enumerate(patches)
    ]
    return merge(None, ID, "household", writes)


def own(counter: int, patch: Patch, *, seen: int = 0, hlc: int = 100, **changes: object) -> OwnOp:
    payload = Payload(ID, "household", UNIT, patch, seen, "me")
    fields: dict[str, object] = {
        "counter": counter, "id": bytes([100 + counter]) * 16, "hlc": hlc + counter,
        "state": OpState.WAITING, "shown": True, "in_tray": False, "eff": 0, "payload": payload,
    }  # fmt: skip
    return OwnOp(**{**fields, **changes})  # type: ignore[arg-type]  # fields by name


def test_own_work_shows_over_the_base() -> None:
    view = shown_view(base({"unit": UNIT, "phone": "1"}), ID, [own(1, {"phone": "2"}, seen=10)], ME)
    assert view is not None
    assert (view.fields, view.conflicts) == ({"phone": "2"}, ())


def test_own_work_on_something_unseen_is_a_conflict() -> None:
    state = base({"unit": UNIT, "phone": "1"}, {"phone": "3"})
    view = shown_view(state, ID, [own(1, {"phone": "2"}, seen=10)], ME)
    assert view is not None
    assert view.conflicts == ("phone",)


def test_nobody_has_seen_unsent_work() -> None:
    """Somebody else's later version does not overrule what never left this terminal."""
    state = base({"unit": UNIT, "phone": "1"}, {"phone": "3"}, stamp=10_000)
    view = shown_view(state, ID, [own(1, {"phone": "2"}, seen=10_000, hlc=50)], ME)
    assert view is not None
    assert view.conflicts == ("phone",)


def test_later_own_work_replaces_earlier_own_work() -> None:
    mine = [own(1, {"unit": UNIT, "phone": "1"}), own(2, {"phone": "2"}), own(3, {"phone": "3"})]
    view = shown_view(None, ID, mine, ME)
    assert view is not None
    assert (view.fields, view.conflicts) == ({"phone": "3"}, ())


def test_refused_work_does_not_show() -> None:
    mine = [own(1, {"unit": UNIT, "phone": "1"}, shown=False, state=OpState.REFUSED, in_tray=True)]
    assert shown_view(None, ID, mine, ME) is None


def test_a_record_without_its_beginning_does_not_show() -> None:
    assert shown_view(None, ID, [own(1, {"phone": "1"})], ME) is None


@pytest.mark.parametrize(
    ("mine", "standing"),
    [
        ([], Standing.HELD),
        ([own(1, {}, state=OpState.HELD)], Standing.HELD),
        ([own(1, {}, state=OpState.HELD), own(2, {})], Standing.WRITTEN),
        ([own(1, {}, state=OpState.REFUSED, shown=False, in_tray=True)], Standing.REFUSED),
        ([own(1, {}, state=OpState.REFUSED, shown=False)], Standing.HELD),
        (
            [own(1, {}, state=OpState.REFUSED, shown=False, in_tray=True), own(2, {})],
            Standing.WRITTEN,
        ),
    ],
)
def test_where_a_record_stands(mine: list[OwnOp], standing: Standing) -> None:
    assert standing_of(mine) is standing


def test_the_next_author_has_seen_the_base_and_what_was_seen_before() -> None:
    assert seen_by_next(None, []) == 0
    assert seen_by_next(base({"unit": UNIT}, {"phone": "1"}), []) == 11
    assert seen_by_next(None, [own(1, {}, seen=9)]) == 9
    assert seen_by_next(base({"unit": UNIT}, stamp=20), [own(1, {}, seen=9)]) == 20
    # The office was restored: what it showed once is not what is looked at now.
    assert seen_by_next(base({"unit": UNIT}, stamp=5), [own(1, {}, seen=9)]) == 5
