"""For how long records are kept: every kind has a term and a purpose, and a day to count from."""

from __future__ import annotations

from pathlib import Path

from armband.shared.days import add_days, at_clock
from armband.shared.hlc import stamp_at
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import View
from armband.shared.policy import Policy
from armband.shared.retention import FOREVER, TERMS, dated, is_past

DAY, TODAY = "2022-07-01", "2022-08-31"
OPERATIONS = Path(__file__).parents[2] / "server" / "OPERATIONS.md"


def check(**fields: str) -> View:
    return View(bytes(16), "check", "lianhu/yg", fields)


def test_every_kind_has_a_term_and_a_purpose() -> None:
    assert set(TERMS) == set(CATALOGUE)
    assert all(term.purpose for term in TERMS.values())
    # What happened on a day has a term; registers have none.
    assert {name for name, term in TERMS.items() if term.days == FOREVER} == {
        name for name, kind in CATALOGUE.items() if not kind.dated
    }


def test_the_paper_says_the_terms_of_the_code() -> None:
    paper = OPERATIONS.read_text("utf-8")
    for kind, term in TERMS.items():
        assert f"| `{kind}` | {term.days or 'no term'} | {term.purpose} |" in paper


def test_on_its_last_day_a_record_is_not_past_and_on_the_next_it_is() -> None:
    policy = Policy(keep=(("check", 30),))
    last = add_days(DAY, 30)
    assert not is_past(check(day=DAY), last, policy)
    assert is_past(check(day=DAY), add_days(last, 1), policy)
    assert not is_past(check(day=DAY), add_days(DAY, 9999), Policy(keep=(("check", FOREVER),)))


def test_what_has_no_day_counts_from_its_newest_change() -> None:
    policy = Policy()
    changed = stamp_at(at_clock(DAY, 600, policy))
    for fields in ({}, {"day": "no day"}):
        record = View(bytes(16), "check", "lianhu/yg", fields, stamp=changed)
        assert dated(record, policy) == DAY
    shop = View(bytes(16), "shop", "lianhu/yg", {}, stamp=changed)
    assert is_past(shop, TODAY, Policy(keep=(("shop", 60),)))
    assert not is_past(shop, TODAY, policy)
