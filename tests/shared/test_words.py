"""Everything that the shared core declares has its Chinese, once, and nothing is left over."""

from __future__ import annotations

import string
from collections import Counter
from pathlib import Path

from armband.shared import words
from armband.shared.kinds import CATALOGUE
from armband.shared.rollup import all_metrics
from armband.shared.words import ALL, LABELS, METRICS, OPTIONS, WORDS
from support.msgids import in_kinds, in_shared, options

RAW_MATERIAL = "raw material"
"""So begins the definition of a metric that is in no report."""


def test_every_module_of_words_is_of_a_kind() -> None:
    kinds = {kind.body.__module__.rpartition(".")[2] for kind in CATALOGUE.values()}
    modules = {path.stem for path in Path(words.__file__).parent.glob("*.py")}
    assert modules - kinds == {"__init__", "common", "core", "declare"}


def test_every_label_hint_step_duty_and_problem_has_a_chinese_word() -> None:
    declared = {**in_kinds(), **in_shared()}
    assert {text: where for text, where in declared.items() if not LABELS.get(text)} == {}
    assert sorted(set(LABELS) - set(declared)) == []


def test_every_option_has_a_chinese_word() -> None:
    assert {text: where for text, where in options().items() if not OPTIONS.get(text)} == {}
    assert sorted(set(OPTIONS) - set(options())) == []


def test_every_metric_that_a_report_holds_has_a_chinese_name() -> None:
    shown = {
        name for name, meaning in all_metrics().items() if not meaning.startswith(RAW_MATERIAL)
    }
    assert sorted(shown - set(METRICS)) == []
    named = {metric for of in WORDS.values() for metric in of.metrics if "{" not in metric}
    assert sorted(named - shown) == []


def test_a_word_of_one_kind_alone_is_of_a_field_it_has() -> None:
    for kind, of in WORDS.items():
        assert sorted(set(of.here) - set(CATALOGUE[kind].fields)) == [], kind


def test_no_word_stands_twice() -> None:
    for part in ("labels", "options"):
        counts = Counter(english for of in ALL for english in getattr(of, part))
        assert [english for english, count in counts.items() if count > 1] == []


def test_placeholders_survive_translation() -> None:
    def names(text: str) -> set[str]:
        return {name for _text, name, _spec, _conv in string.Formatter().parse(text) if name}

    assert [text for text, chinese in LABELS.items() if names(text) != names(chinese)] == []
