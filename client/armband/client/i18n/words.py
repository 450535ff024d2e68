"""What records look like in words: labels, options and values in the user's language."""

from __future__ import annotations

from collections.abc import Mapping

from armband.client.i18n import CHINESE, OPTION, _, language, pgettext, place
from armband.shared.days import add_days, clock_of, day_of
from armband.shared.fields import Field, FieldType, Value
from armband.shared.kinds import CATALOGUE, Kind
from armband.shared.kinds.same import SAME_AS
from armband.shared.masks import masked_title, masked_value
from armband.shared.policy import Policy
from armband.shared.text_values import clock_text
from armband.shared.words import METRICS

OFFICE_AUTHOR = "office"
"""Under which the office writes what it imports or moves; nobody's name."""


def kind_label(kind: str) -> str:
    """One record of a kind; a kind that this release does not know is called by its name."""
    known = CATALOGUE.get(kind)
    return _(known.label) if known else kind


def kind_plural(kind: str) -> str:
    """Several records of a kind."""
    known = CATALOGUE.get(kind)
    return _(known.plural) if known else kind


def field_label(kind: str, name: str) -> str:
    """A field's name on forms and above columns."""
    if name == "unit":
        return _("Unit")
    if name == "void":
        return _("Voided")
    if name == SAME_AS:
        return _("Same as")
    known = CATALOGUE.get(kind)
    declared = known.fields.get(name) if known else None
    return pgettext(place(kind, name), declared.label) if declared else name


def option_label(declared: Field, code: str) -> str:
    """A choice in words; an unknown code is shown as it is."""
    for option in declared.options:
        if option.code == code:
            return pgettext(OPTION, option.label)
    return code


def step_label(kind: Kind, name: str) -> str:
    """A step of a workflow as its key says it; an unknown one is called by its name."""
    step = kind.workflow.by_name.get(name) if kind.workflow else None
    return _(step.label) if step else name


def state_label(kind: Kind, code: str) -> str:
    """A state of a workflow in words."""
    return option_label(kind.fields[kind.workflow.field], code) if kind.workflow else code


def metric_label(metric: str) -> str:
    """What a figure counts; in English its own name, as shared/METRICS.md explains it."""
    return METRICS.get(metric, metric) if language() == CHINESE else metric


def author_word(author: str) -> str:
    """Who wrote something: a person's name, or the office where it files what it took in."""
    return _("Office") if author == OFFICE_AUTHOR else author


def join_words(words: list[str]) -> str:
    """Several words as one list."""
    return ("、" if language() == CHINESE else ", ").join(words)


def temperature_text(tenths: int) -> str:
    """Tenths of a degree as degrees: 365 is ``36.5``."""
    return f"{tenths // 10}.{tenths % 10}"


def moment_text(at_ms: int, policy: Policy, today: str) -> str:
    """A moment to the minute, as the office's clock: the time alone when it is of today."""
    day, clock = day_of(at_ms, policy), clock_of(at_ms, policy)[:5]
    return clock if day == today else f"{day[5:]} {clock}"


def stretch_text(from_ms: int, to_ms: int, policy: Policy, today: str) -> str:
    """A stretch of time to the minute: ``20:00-08:00``, with the day where it is not today.

    A night may end on the next day without saying so; midnight at the end of a day is 24:00.
    """
    day, begins = day_of(from_ms, policy), clock_of(from_ms, policy)[:5]
    last, ends = day_of(to_ms - 1, policy), clock_of(to_ms, policy)[:5]
    first_words = begins if day == today else f"{day[5:]} {begins}"
    if ends == "00:00":
        ends = "24:00"
    near = last == day or (last == add_days(day, 1) and ends < begins)
    return f"{first_words}-{ends}" if near else f"{first_words} - {last[5:]} {ends}"


def value_text(  # noqa: PLR0911 one return per type of field reads best
    declared: Field,
    value: Value,
    *,
    names: Mapping[str, str],
    policy: Policy,
    today: str,
    masked: bool = True,
    names_masked: bool = False,
) -> str:
    """A field's value as lists and details show it; ``""`` when it is empty.

    Args:
        declared: the field.
        value: as stored.
        names: hex id of a record to what to call it.
        policy: the office's, for its clock.
        today: the office's day now.
        masked: hide the middle of telephones, and the like; see `masks.masked_value`.
        names_masked: of names, too.
    """
    if masked:
        value = masked_value(declared, value, names=names_masked)
    if value is None or value == []:
        return ""
    match declared.type, value:
        case FieldType.TEMPERATURE, int():
            return temperature_text(value)
        case FieldType.TEMPERATURES, list():
            return " ".join(temperature_text(int(tenths)) for tenths in value)
        case FieldType.CHOICE, str():
            return option_label(declared, value)
        case FieldType.CHOICES, list():
            return join_words([option_label(declared, str(code)) for code in value])
        case FieldType.FLAG, bool():
            return _("Yes") if value else _("No")
        case FieldType.REF, str():
            title = names.get(value, value[:8])
            return masked_title(declared.ref, title) if masked and names_masked else title
        case FieldType.TIME, int():
            return moment_text(value, policy, today)
        case FieldType.CLOCK, int():
            return clock_text(value)
        case FieldType.DIGEST, _unshown:
            return "***"
        case _, list():
            return join_words([str(item) for item in value])
    return str(value)
