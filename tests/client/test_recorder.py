"""From drafts to operations: what is filled in, what is refused, what it is based on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from armband.client.errors import UnknownRecord
from armband.client.model import Refused
from armband.client.recorder import Recorder
from armband.client.store.chain import Known
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord, UnknownKind
from armband.shared.fields import Patch
from armband.shared.kinds.declare import View
from armband.shared.limits import MAX_TEXT
from armband.shared.ops import MAX_AUTHOR
from support.local import GRID, START_MS, identity

ID = b"r" * 16
NEW = Known(None, 0)
RECORDER = Recorder(identity(), START_MS)
CHECK: Patch = {"code": "green", "decision": "passed"}
HOME = View(ID, "household", GRID, {"door": "1-1-101", "phone": "13800000001"}, stamp=7)


def test_a_new_record_carries_unit_moment_and_day() -> None:
    (payload,) = RECORDER.plan([Draft("check", ID, GRID, CHECK)], {ID: NEW})
    assert payload.patch == {**CHECK, "unit": GRID, "at": START_MS, "day": "2022-03-24"}
    assert (payload.unit, payload.seen, payload.author) == (GRID, 0, "李雪婷")


def test_the_day_follows_a_given_moment() -> None:
    fields: Patch = {**CHECK, "at": START_MS - 86_400_000}
    (payload,) = RECORDER.plan([Draft("check", ID, GRID, fields)], {ID: NEW})
    assert payload.patch["day"] == "2022-03-23"


def test_a_clock_before_1970_stops_no_work() -> None:
    recorder = Recorder(identity(), -60 * 365 * 86_400_000)
    (payload,) = recorder.plan([Draft("check", ID, GRID, CHECK)], {ID: NEW})
    assert (payload.patch["at"], payload.patch["day"]) == (0, "1970-01-01")


def test_a_given_day_stays() -> None:
    fields: Patch = {**CHECK, "day": "2022-03-01"}
    (payload,) = RECORDER.plan([Draft("check", ID, GRID, fields)], {ID: NEW})
    assert payload.patch["day"] == "2022-03-01"


def test_fields_without_a_value_are_left_out_of_a_new_record() -> None:
    (payload,) = RECORDER.plan([Draft("check", ID, GRID, {**CHECK, "note": None})], {ID: NEW})
    assert "note" not in payload.patch


def test_a_draft_of_a_known_record_changes_it() -> None:
    draft = Draft("household", ID, GRID, {"phone": None})
    (payload,) = RECORDER.plan([draft], {ID: Known(HOME, 7)})
    assert (payload.patch, payload.seen) == ({"phone": None}, 7)


def test_another_unit_moves_the_record_and_permission_is_asked_where_it_is() -> None:
    draft = Draft("household", ID, "lianhu/b", {})
    (payload,) = RECORDER.plan([draft], {ID: Known(HOME, 7)})
    assert (payload.patch, payload.unit) == ({"unit": "lianhu/b"}, GRID)


def test_a_later_draft_builds_on_an_earlier_one() -> None:
    drafts = [
        Draft("household", ID, GRID, {"door": "1-1-101"}),
        Draft("household", ID, GRID, {"phone": "13800000001"}),
    ]
    first, second = RECORDER.plan(drafts, {ID: NEW})
    assert first.patch == {"unit": GRID, "door": "1-1-101"}
    assert second.patch == {"phone": "13800000001"}


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("check", ID, GRID, {"code": "green"}), "decision"),
        (Draft("check", ID, GRID, {**CHECK, "temp_tenths": 500}), "temp_tenths"),
        (Draft("check", ID, GRID, {**CHECK, "day": "2022-02-30"}), "day"),
        (Draft("check", ID, "", CHECK), "unit"),
        (Draft("check", ID, "Lian Hu", CHECK), "unit"),
        (Draft("household", ID, GRID, {"door": "1", "note": "x" * (MAX_TEXT + 1)}), "note"),
        (Draft("household", ID, GRID, {"door": "1", "from_tomorrow": "x" * (MAX_TEXT + 1)}), "*"),
    ],
)
def test_a_draft_that_is_not_right_names_its_field(draft: Draft, field: str) -> None:
    with pytest.raises(InvalidRecord) as wrong:
        RECORDER.plan([draft], {ID: NEW})
    assert wrong.value.field == field


def test_an_unknown_kind_is_told() -> None:
    with pytest.raises(UnknownKind):
        RECORDER.plan([Draft("dragon", ID, GRID, {})], {ID: NEW})


def test_the_id_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidRecord) as wrong:
        RECORDER.plan([Draft("check", ID, GRID, CHECK)], {ID: Known(HOME, 7)})
    assert wrong.value.field == "id"


@pytest.mark.parametrize(
    "patch", [{}, {"void": ""}, {"phone": "x"}, {"door": None}, {"unit": "Nowhere at all"}]
)
def test_a_change_that_is_not_right_is_refused(patch: Patch) -> None:
    with pytest.raises(InvalidRecord):
        RECORDER.change(ID, patch, Known(HOME, 7))


def test_a_change_of_nothing_known_is_refused() -> None:
    with pytest.raises(UnknownRecord):
        RECORDER.change(ID, {"phone": None}, NEW)


def refused(patch: Patch) -> Refused:
    return Refused(b"o" * 16, ID, "household", GRID, patch, "invalid", "", 0, is_new=True)


def test_mending_a_new_record_gives_all_of_it_again() -> None:
    old = refused({"unit": "lianhu/wrong", "door": "1-1-101", "phone": "1"})
    payload = RECORDER.mend(old, {"unit": GRID, "phone": "13800000001"}, NEW)
    assert payload.patch == {"unit": GRID, "door": "1-1-101", "phone": "13800000001"}
    assert (payload.unit, payload.mends) == (GRID, b"o" * 16)


def test_mending_a_change_gives_the_change_again() -> None:
    payload = RECORDER.mend(refused({"phone": "1"}), {"phone": "13800000001"}, Known(HOME, 9))
    assert (payload.patch, payload.seen) == ({"phone": "13800000001"}, 9)
    assert payload.mends == b"o" * 16


def test_an_author_is_cut_to_what_fits() -> None:
    who = replace(identity(), person="长" * (MAX_AUTHOR + 5))
    (payload,) = Recorder(who, START_MS).plan([Draft("check", ID, GRID, CHECK)], {ID: NEW})
    assert payload.author == "长" * MAX_AUTHOR
