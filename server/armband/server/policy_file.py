"""An office's settings as a file: TOML in, with the place of each mistake, and TOML out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from armband.server.errors import BadRequest
from armband.shared.days import is_day
from armband.shared.measures import (
    MAX_MEASURE_DAYS,
    MAX_RULES,
    MAX_TEMPS,
    MEASURE_OPTIONS,
    RISK_OPTIONS,
    Rule,
    in_order,
)
from armband.shared.policy import Policy
from armband.shared.retention import NEVER_PURGED, TERMS, keep_days
from armband.shared.text_values import clock_text

MAX_FILE_BYTES = 256 * 1024
MAX_TESTS = 30
RISKS = tuple(option.code for option in RISK_OPTIONS)
MEASURES = tuple(option.code for option in MEASURE_OPTIONS)
_CLOCK = re.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])")
_RULE_KEYS = ("risk", "from", "measure", "days", "then", "then_days", "tests", "temps")


def example() -> str:
    """The table that ships with the program: what notices ordered in 2022."""
    return files("armband.server").joinpath("policy-2022.toml").read_text("utf-8")


def read_policy(path: Path, now: Policy) -> Policy:
    """The settings of a file; what it does not name stays as it is ``now``.

    Raises:
        BadRequest: unreadable, or something in it is wrong: where, and what would be right.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadRequest(f"{path}: {error.strerror or error}") from None
    if len(raw) > MAX_FILE_BYTES:
        raise BadRequest(f"{path.name}: larger than {MAX_FILE_BYTES >> 10} KiB")
    try:
        return parse_policy(raw.decode("utf-8-sig"), now)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadRequest(f"{path.name}: no TOML in UTF-8: {error}") from None
    except BadRequest as error:
        raise BadRequest(f"{path.name}: {error}") from None


def parse_policy(text: str, now: Policy) -> Policy:
    """As `read_policy`, from the text of a file.

    Raises:
        TOMLDecodeError: with line and column.
        BadRequest: as `read_policy`.
    """
    table = tomllib.loads(text)
    known = (*_SETTINGS, "rule", "keep")
    for name in table:
        if name not in known:
            raise BadRequest(f"{name!r} is no setting; there are {', '.join(known)}")
    values: dict[str, Any] = {
        field: read(name, table[name]) for name, (field, read) in _SETTINGS.items() if name in table
    }
    if "rule" in table:
        values["rules"] = _rules(table["rule"])
    if "keep" in table:
        values["keep"] = _keep(table["keep"], now)
    return msgspec.structs.replace(now, **values)


def policy_text(policy: Policy) -> str:
    """Settings as a file that `read_policy` reads back."""
    lines = [
        f"fever = {policy.fever_tenths / 10:.1f}",
        f'day_starts = "{clock_text(policy.day_starts_at_min)}"',
        f"keep_days = {policy.keep_days}",
        f"accept_within = {policy.accept_within_s}",
        f"suppress_below = {policy.suppress_below}",
        f"offline_days = {policy.offline_days}",
        f"lock_after = {policy.lock_after_min}",
    ]
    if not policy.rules:
        lines.append("rule = []")
    for rule in policy.rules:
        lines += ["", "[[rule]]", f'risk = "{rule.risk}"', f"from = {rule.from_day}"]
        lines += [f'measure = "{rule.measure}"', f"days = {rule.days}"]
        if rule.then:
            lines += [f'then = "{rule.then}"', f"then_days = {rule.then_days}"]
        lines.append(f"tests = [{', '.join(str(day) for day in rule.test_days)}]")
        lines.append(f"temps = {rule.temps_per_day}")
    lines += ["", "[keep]  # days after a record's day; 0 for ever"]
    for kind, term in TERMS.items():
        if kind not in NEVER_PURGED:
            lines.append(f"{kind} = {keep_days(kind, policy)}  # {term.purpose}")
    return "\n".join(lines)


# -- one setting -----------------------------------------------------------------------------------


def _fever(name: str, value: object) -> int:
    if not isinstance(value, int | float) or not 34.0 <= value <= 43.0:
        raise BadRequest(f"{name}: a temperature from 34.0 to 43.0, such as 37.3")
    return round(value * 10)


def _clock(name: str, value: object) -> int:
    found = _CLOCK.fullmatch(str(value))
    if found is not None:
        return int(found[1]) * 60 + int(found[2])
    raise BadRequest(f'{name}: a time of day in quotes, such as "00:00"')


def _between(least: int, most: int) -> Callable[[str, object], int]:
    def read(name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise BadRequest(f"{name}: a whole number from {least} to {most}")
        return value

    return read


_SETTINGS: Mapping[str, tuple[str, Callable[[str, object], int]]] = {
    "fever": ("fever_tenths", _fever),
    "day_starts": ("day_starts_at_min", _clock),
    "keep_days": ("keep_days", _between(0, 36_500)),
    "accept_within": ("accept_within_s", _between(10, 86_400)),
    "suppress_below": ("suppress_below", _between(0, 100)),
    "offline_days": ("offline_days", _between(1, 365)),
    "lock_after": ("lock_after_min", _between(1, 1440)),
}


# -- for how long ---------------------------------------------------------------------------------


def _keep(given: object, now: Policy) -> tuple[tuple[str, int], ...]:
    """The kinds that differ from the usual terms; one that is not named stays as it is ``now``."""
    if not isinstance(given, dict):
        raise BadRequest("keep: write [keep] and below it kinds with days, such as check = 60")
    settable = [kind for kind in TERMS if kind not in NEVER_PURGED]
    for kind in given:
        if kind not in settable:
            raise BadRequest(f"keep: {kind!r} is no kind with a term; {', '.join(settable)}")
    days = dict(now.keep)
    days |= {kind: _between(0, 36_500)(f"keep: {kind}", given[kind]) for kind in given}
    usual = {kind: term.days for kind, term in TERMS.items()}
    return tuple((kind, days[kind]) for kind in sorted(days) if days[kind] != usual.get(kind))


# -- the table of measures -------------------------------------------------------------------------


def _rules(given: object) -> tuple[Rule, ...]:
    if not isinstance(given, list) or len(given) > MAX_RULES:
        raise BadRequest(f"rule: write [[rule]] before each of at most {MAX_RULES} rules")
    rules = [_rule(number, entry) for number, entry in enumerate(given, 1)]
    places: dict[tuple[str, str], int] = {}
    for number, rule in enumerate(rules, 1):
        key = (rule.risk, rule.from_day)
        first = places.setdefault(key, number)
        if first != number:
            raise BadRequest(
                f"rule {number}: rule {first} has the same risk and day "
                f"({rule.risk}, {rule.from_day})"
            )
    return in_order(rules)


def _rule(number: int, entry: Any) -> Rule:
    where = f"rule {number}"
    if not isinstance(entry, dict):
        raise BadRequest(f"{where}: write [[rule]] and its settings below")
    if "risk" in entry:
        where += f" ({entry['risk']}, {entry.get('from', '?')})"
    for name in entry:
        if name not in _RULE_KEYS:
            raise BadRequest(f"{where}: {name!r} is no part of a rule; {', '.join(_RULE_KEYS)}")
    days, then_days = _days(where, entry, "days"), _days(where, entry, "then_days")
    then = _code(f"{where}: then", entry["then"], MEASURES) if "then" in entry else ""
    if bool(then) != bool(then_days):
        raise BadRequest(f"{where}: then and then_days go together")
    return Rule(
        risk=_code(f"{where}: risk", entry.get("risk"), RISKS),
        from_day=_day(f"{where}: from", entry.get("from")),
        measure=_code(f"{where}: measure", entry.get("measure"), MEASURES),
        days=days,
        then=then,
        then_days=then_days,
        test_days=_tests(f"{where}: tests", entry.get("tests", []), days + then_days),
        temps_per_day=_between(0, MAX_TEMPS)(f"{where}: temps", entry.get("temps", 0)),
    )


def _days(where: str, entry: Mapping[str, object], name: str) -> int:
    return _between(0, MAX_MEASURE_DAYS)(f"{where}: {name}", entry.get(name, 0))


def _code(where: str, value: object, codes: tuple[str, ...]) -> str:
    if value not in codes:
        raise BadRequest(f"{where}: one of {', '.join(codes)}")
    return str(value)


def _day(where: str, value: object) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    if not is_day(text):
        raise BadRequest(f"{where}: a day, such as 2022-07-01")
    return text


def _tests(where: str, value: object, days: int) -> tuple[int, ...]:
    whole = isinstance(value, list) and all(type(day) is int for day in value)
    if not isinstance(value, list) or not whole or len(value) > MAX_TESTS:
        raise BadRequest(f"{where}: days of the measure in brackets, such as [1, 4, 7]")
    if any(not 1 <= day <= days for day in value) or value != sorted(set(value)):
        raise BadRequest(f"{where}: days from 1 to {days}, each once and in order")
    return tuple(value)
