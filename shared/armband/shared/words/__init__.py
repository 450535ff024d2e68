"""The Chinese of everything that the shared core declares, beside its English, as data.

The terminal's language and the office's exports and imports read it here, so that a thing is called
the same on the screen, in a ledger and over a column that comes back. A kind's own words stand in
the module of its name and are listed in `WORDS`; what several kinds say stands in `common`, what
is said of records of any kind in `core`. The terminal's own sentences are in its own catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from armband.shared.fields import Option
from armband.shared.kinds import CATALOGUE, Kind
from armband.shared.words import (
    ack,
    call,
    case,
    check,
    checkpoint,
    common,
    core,
    delivery,
    followup,
    household,
    inquiry,
    inspection,
    notice,
    policy_text,
    post,
    rectification,
    resident,
    resource,
    returnee,
    reveal,
    sample,
    screening,
    service,
    shift,
    shop,
    staff,
    stay,
    testing_round,
    unit,
    visit,
)
from armband.shared.words.declare import Words

_FIELD = re.compile(r"\{(\w+)\}")

WORDS: Mapping[str, Words] = {
    "unit": unit.WORDS,
    "household": household.WORDS,
    "resident": resident.WORDS,
    "staff": staff.WORDS,
    "post": post.WORDS,
    "resource": resource.WORDS,
    "checkpoint": checkpoint.WORDS,
    "visit": visit.WORDS,
    "check": check.WORDS,
    "case": case.WORDS,
    "call": call.WORDS,
    "policy_text": policy_text.WORDS,
    "shop": shop.WORDS,
    "inspection": inspection.WORDS,
    "rectification": rectification.WORDS,
    "shift": shift.WORDS,
    "notice": notice.WORDS,
    "ack": ack.WORDS,
    "service": service.WORDS,
    "delivery": delivery.WORDS,
    "round": testing_round.WORDS,
    "sample": sample.WORDS,
    "returnee": returnee.WORDS,
    "followup": followup.WORDS,
    "screening": screening.WORDS,
    "inquiry": inquiry.WORDS,
    "stay": stay.WORDS,
    "reveal": reveal.WORDS,
}
"""Kind to its words."""
ALL = (common.WORDS, core.WORDS, *WORDS.values())
LABELS: Mapping[str, str] = {
    english: chinese for words in ALL for english, chinese in words.labels.items()
}
"""English label, hint, step, duty or problem to its Chinese."""
OPTIONS: Mapping[str, str] = {
    english: chinese for words in ALL for english, chinese in words.options.items()
}
"""English label of an option to its Chinese."""


def _spread(kind: Kind, pattern: str, chinese: str) -> Iterator[tuple[str, str]]:
    """A metric and its name, or those of each option of the field that the pattern names."""
    named = _FIELD.search(pattern)
    if named is None:
        yield pattern, chinese
        return
    for option in kind.fields[named[1]].options:
        word = OPTIONS[option.label]
        yield pattern.replace(named[0], option.code), chinese.replace(named[0], word)


METRICS: Mapping[str, str] = {
    metric: name
    for kind, words in WORDS.items()
    for pattern, chinese in words.metrics.items()
    for metric, name in _spread(CATALOGUE[kind], pattern, chinese)
}
"""Metric to its Chinese name; raw material has none."""


def kind_word(kind: Kind) -> str:
    """Records of a kind in Chinese."""
    return LABELS[kind.plural]


def field_word(kind: Kind, name: str) -> str:
    """A field in Chinese, as its kind says it."""
    return WORDS[kind.name].here.get(name) or LABELS[kind.fields[name].label]


def option_word(option: Option) -> str:
    """An option in Chinese."""
    return OPTIONS[option.label]
