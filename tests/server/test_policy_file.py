"""An office's settings as a file: what ships, the way there and back, the place of each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.server.errors import BadRequest
from armband.server.policy_file import example, parse_policy, policy_text, read_policy
from armband.shared.measures import Rule, rule_for
from armband.shared.policy import Policy
from armband.shared.retention import keep_days

RULE = '[[rule]]\nrisk = "high"\nfrom = 2022-07-01\nmeasure = "central"\ndays = 7\n'


def test_the_table_of_2022_says_what_the_notices_said() -> None:
    rules = parse_policy(example(), Policy()).rules
    by_risk = {risk: rule_for(rules, risk, "2022-07-15") for risk in ("high", "abroad", "low")}
    assert by_risk["high"] == Rule("high", "2022-07-01", "central", 7, "", 0, (1, 2, 3, 5, 7), 2)
    assert by_risk["abroad"] == Rule("abroad", "2022-07-01", "central", 7, "monitoring", 3, (), 2)
    early = rule_for(rules, "medium", "2022-03-31")
    assert early is not None
    assert (early.days, early.then_days) == (14, 7)
    assert rule_for(rules, "low", "2022-06-30") is None


def test_what_is_shown_can_be_set_again() -> None:
    policy = parse_policy(example(), Policy(fever_tenths=375, day_starts_at_min=480, keep_days=9))
    assert parse_policy(policy_text(policy), Policy()) == policy
    assert parse_policy(policy_text(Policy()), policy) == Policy()


def test_terms_are_set_by_kind_and_the_usual_ones_are_not_stored() -> None:
    policy = parse_policy("[keep]\ncheck = 14\nvisit = 365\nshop = 900\n", Policy())
    assert policy.keep == (("check", 14), ("shop", 900))
    assert keep_days("check", policy) == 14
    assert keep_days("visit", policy) == 365
    assert parse_policy(policy_text(policy), Policy()) == policy
    assert parse_policy("[keep]\nshop = 0\n", policy).keep == (("check", 14),)
    for wrong in ("keep = 3", "[keep]\nunit = 9", "[keep]\nchecks = 9", "[keep]\ncheck = -1"):
        with pytest.raises(BadRequest, match="keep"):
            parse_policy(wrong, Policy())


def test_what_a_file_does_not_name_stays() -> None:
    now = parse_policy(RULE, Policy(keep_days=9))
    assert parse_policy("fever = 37.5", now) == Policy(
        fever_tenths=375, keep_days=9, rules=now.rules
    )
    assert parse_policy("rule = []", now).rules == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("fever = 99", "fever: a temperature"),
        ("fever = nan", "fever: a temperature"),
        ('day_starts = "24:30"', "day_starts: a time of day"),
        ("keep_days = true", "keep_days: a whole number from 0"),
        ("feverr = 37.3", "'feverr' is no setting; there are fever"),
        ("rule = 3", "rule: write [[rule]]"),
        (RULE + RULE, "rule 2: rule 1 has the same risk and day"),
        (RULE.replace('"high"', '"red"'), "rule 1 (red, 2022-07-01): risk: one of high, medium"),
        (RULE.replace("2022-07-01", '"2022-7-1"'), "from: a day"),
        (RULE.replace("days = 7", "days = 99"), "rule 1 (high, 2022-07-01): days: a whole number"),
        (RULE + "tests = [1, 9]", "tests: days from 1 to 7"),
        (RULE + 'then = "home"', "then and then_days go together"),
        (RULE + "code = 3", "'code' is no part of a rule"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, place: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_policy(text, Policy())
    assert place in str(caught.value)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    with pytest.raises(BadRequest, match=r"table.toml: No such file"):
        read_policy(path, Policy())
    path.write_text("fever 37.3")
    with pytest.raises(BadRequest, match="line 1, column 7"):
        read_policy(path, Policy())
