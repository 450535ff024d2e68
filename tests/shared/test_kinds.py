"""Kinds: what a record may hold, what is said when it may not, what each adds to the roll-ups."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armband.shared.errors import InvalidRecord, UnknownKind
from armband.shared.fields import FieldType, Patch, Value
from armband.shared.kinds import CATALOGUE, Kind, View, kind_named
from armband.shared.kinds.declare import RAW, RESERVED
from armband.shared.policy import Policy
from support.full_records import FULL

REF = "0123456789abcdef0123456789abcdef"
WHOLE: dict[str, Patch] = {
    "unit": {"unit": "o/c1", "name": "社区", "level": "community"},
    "household": {"unit": "o/c1", "door": "3-2-502"},
    "resident": {"unit": "o/c1", "name": "李雪婷"},
    "staff": {"unit": "o/c1", "name": "王建国"},
    "post": {"unit": "o/c1", "staff": REF, "role": "grid_manager"},
    "resource": {"unit": "o/c1", "name": "共建单位", "type": "organisation"},
    "checkpoint": {"unit": "o/c1", "name": "东门"},
    "visit": {
        "unit": "o/c1",
        "household": REF,
        "channel": "door",
        "outcome": "met",
        "at": 1,
        "day": "2022-03-31",
    },
    "check": {
        "unit": "o/c1",
        "code": "green",
        "decision": "passed",
        "at": 1,
        "day": "2022-03-31",
    },
    "case": {
        "unit": "o/c1",
        "category": "livelihood",
        "brief": "体温计坏了",
        "channel": "phone",
        "state": "reported",
        "at": 1,
        "day": "2022-03-31",
    },
    "reveal": {
        "unit": "o/c1",
        "of": "a" * 32,
        "of_kind": "household",
        "why": "call",
        "at": 1,
        "day": "2022-03-31",
    },
    "call": {"unit": "o/c1", "topic": "policy", "at": 1, "day": "2022-03-31"},
    "policy_text": {"unit": "o/c1", "title": "返郑", "text": "三天两检", "from_day": "2022-03-31"},
}
for _name, _records in FULL.items():
    WHOLE.setdefault(_name, {**_records[0], "unit": "o/c1"})


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_whole_record_is_taken_and_each_required_field_is_missed(name: str) -> None:
    kind = CATALOGUE[name]
    kind.check_new(WHOLE[name])
    for field in (*kind.required, "unit"):
        for gone in (None, "absent"):
            patch = dict(WHOLE[name])
            if gone is None:
                patch[field] = None
            else:
                del patch[field]
            with pytest.raises(InvalidRecord) as caught:
                kind.check_new(patch)
            assert caught.value.field == field


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("check.code", "blue"),
        ("check.code", 1),
        ("check.temp_tenths", 339),
        ("check.temp_tenths", 431),
        ("check.temp_tenths", "365"),
        ("check.temp_tenths", True),
        ("check.resident", "xyz"),
        ("check.stranger_phone", "138-0000-1111"),
        ("check.stranger_name", ""),
        ("check.day", "2022-02-30"),
        ("check.day", "2022-2-3"),
        ("check.mask", 1),
        ("check.at", -1),
        ("check.decision", None),
        ("visit.temps", [365, 500]),
        ("visit.temps", 365),
        ("visit.next_day", "soon"),
        ("visit.symptoms", ["sneezing"]),
        ("resident.id_tail", "123x"),
        ("resident.birth_year", 1850),
        ("household.people", 100_001),
        ("household.door", ""),
        ("staff.posts", ["king"]),
        ("unit.level", "street"),
        ("visit.note", "x" * 4001),
        ("visit.void", ""),
        ("visit.void", "x" * 201),
        ("visit.unit", 5),
    ],
)
def test_a_value_that_its_field_cannot_hold_is_refused_there(where: str, value: Value) -> None:
    name, _dot, field = where.partition(".")
    kind = CATALOGUE[name]
    with pytest.raises(InvalidRecord) as caught:
        kind.check_field(field, value)
    assert (caught.value.kind, caught.value.field) == (name, field)
    assert caught.value.problem
    with pytest.raises(InvalidRecord):
        kind.check_new({**WHOLE[name], field: value})


def test_an_unknown_field_is_carried_and_a_cleared_one_is_fine() -> None:
    check = CATALOGUE["check"]
    check.check_new({**WHOLE["check"], "nucleic_hours": 24})
    check.check_patch({"note": None, "temp_tenths": None})
    assert check.contributions(
        View(bytes(16), "check", "o", {**WHOLE["check"], "nucleic_hours": 24}), Policy()
    )


def test_no_field_takes_a_reserved_name_and_every_option_has_its_own_code() -> None:
    for kind in CATALOGUE.values():
        assert not set(kind.fields) & set(RESERVED)
        assert set(kind.columns) <= set(kind.fields)
        assert not kind.dated or kind.fields[kind.dated].type is FieldType.DAY
        for declared in kind.fields.values():
            codes = [option.code for option in declared.options]
            assert len(codes) == len(set(codes))
            assert declared.type is not FieldType.REF or declared.ref in CATALOGUE
            if declared.type in (FieldType.CHOICE, FieldType.CHOICES):
                assert codes


def test_the_options_of_a_field_are_exactly_what_its_type_allows() -> None:
    for kind in CATALOGUE.values():
        for name, declared in kind.fields.items():
            many = declared.type is FieldType.CHOICES
            for option in declared.options:
                kind.check_field(name, [option.code] if many else option.code)
            if declared.options:
                with pytest.raises(InvalidRecord):
                    kind.check_field(name, ["no-such"] if many else "no-such")


def test_the_codes_colour_has_no_default_and_no_source_but_the_field() -> None:
    """The hard rule: whoever makes a check must say the colour that was seen."""
    check = CATALOGUE["check"]
    assert "code" in check.required
    info = {field.name: field for field in msgspec.structs.fields(check.body)}["code"]
    assert info.required


def test_kinds_by_name() -> None:
    assert kind_named("visit") is CATALOGUE["visit"]
    with pytest.raises(UnknownKind):
        kind_named("returnees")


def _metrics(name: str, **fields: Value) -> dict[str, int]:
    view = View(bytes(16), name, "o/c1", {**WHOLE[name], **fields})
    counts: Counter[str] = Counter()
    for part in CATALOGUE[name].contributions(view, Policy()):
        counts[part.metric] += part.count
    return dict(counts)


def test_what_the_register_adds() -> None:
    assert _metrics("household") == {"households.total": 1, "households.without_liaison": 1}
    assert _metrics("household", people=4, liaison=REF, care=["elder", "elder", "disabled"]) == {
        "households.total": 1,
        "households.people": 4,
        "households.care.elder": 1,
        "households.care.disabled": 1,
    }
    assert _metrics("resident", residence="floating", registered_elsewhere=True) == {
        "residents.total": 1,
        "residents.floating": 1,
        "residents.registered_elsewhere": 1,
    }
    assert _metrics("staff", posts=["liaison", "volunteer", "liaison"]) == {
        "staff.total": 1,
        "staff.liaison": 1,
        "staff.volunteer": 1,
    }
    assert _metrics("unit") == {"units.community": 1}
    assert _metrics("checkpoint") == {"checkpoints.total": 1}


KINDS = st.sampled_from(list(CATALOGUE.values()))
ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=9),
    st.lists(st.one_of(st.integers(), st.text(max_size=4)), max_size=3),
)


@given(KINDS, st.data())
def test_whatever_stands_in_a_record_checking_and_counting_it_never_breaks(
    kind: Kind, data: st.DataObject
) -> None:
    names = st.sampled_from([*kind.fields, "unit", "void", "reason", "newer"])
    fields = {**WHOLE[kind.name], **data.draw(st.dictionaries(names, ANY, max_size=4))}
    view = View(bytes(16), kind.name, "o", {k: v for k, v in fields.items() if k not in RESERVED})
    for part in kind.contributions(view, Policy()):
        assert part.metric.partition(RAW)[0] in kind.metrics
        assert part.count > 0
    try:
        kind.check_new(fields)
    except InvalidRecord:
        return
    kind.check_patch({name: value for name, value in fields.items() if value is not None})
