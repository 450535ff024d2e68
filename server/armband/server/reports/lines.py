"""A report as the lines that every rendering prints: figures with their labels, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from armband.server.exports.render import moment_text
from armband.server.reports.layout import PARTS, SECTIONS, Language, Line, shown
from armband.server.reports.model import DayReport
from armband.server.reports.words import day_words, word
from armband.shared.rollup_report import Row


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``text`` is ``—`` where it does not belong to the day."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Restated:
    """One figure that has changed since the day was frozen."""

    place: str
    label: str
    was: str
    now: str


NOTHING = "—"


def title(report: DayReport, language: Language) -> str:
    """What stands on top."""
    return f"{report.unit_name} {word('title', language)}"


def head_lines(report: DayReport, language: Language, utc_offset_min: int) -> list[str]:
    """The day and the moment; how many grids have reported; which have not, by name."""
    as_of, covered = report.as_of, report.coverage
    moment = moment_text(as_of.at, utc_offset_min)
    lacking = [f"{word('missing', language)} {' '.join(report.missing)}"] if report.missing else []
    when = f"{word('as_of', language)} {moment} ({word('seq', language)} {as_of.seq:,})"
    return [
        f"{day_words(report.day, language)}   {when}",
        f"{word('coverage', language)} {covered.reported}/{covered.expected}",
        *lacking,
    ]


def fixed_lines(report: DayReport, language: Language, utc_offset_min: int) -> list[str]:
    """Whether the figures are frozen, and what proves it."""
    if not report.edition:
        return [word("draft", language)]
    edition = word("edition", language).format(report.edition)
    moment = moment_text(report.frozen_ms, utc_offset_min)
    by = f"{word('by', language)} {report.author}"
    return [
        f"{word('frozen', language)} {edition}   {moment}   {by}",
        f"{word('checksum', language)} {report.checksum}",
        *([] if report.proved else [f"! {word('unproved', language)}"]),
    ]


def sections(report: DayReport, language: Language) -> Iterator[tuple[str, list[Figure]]]:
    """The sections' titles and figures, in the order of the form."""
    metrics = report.whole
    has_now = any(line.metric in metrics for s in SECTIONS for line in s.lines if line.now)
    for section in SECTIONS:
        figures = [
            Figure(
                line.label(language),
                shown(line.value(metrics), line.measure, language)
                if _is_known(line, metrics, has_now=has_now)
                else NOTHING,
            )
            for line in section.lines
        ]
        yield section.title(language), figures


def _is_known(line: Line, metrics: Mapping[str, int], *, has_now: bool) -> bool:
    """A count that is not there is 0; a time that nobody took is none."""
    if line.measure == "seconds":
        return line.metric in metrics
    return has_now or not line.now


def part_heads(language: Language) -> list[str]:
    """The heads of the table of parts."""
    return [word("part", language), *(line.label(language) for line in PARTS)]


def part_rows(report: DayReport) -> list[tuple[str, list[int]]]:
    """Each part's name and figures."""
    return [(row.name, [line.value(row.metrics) for line in PARTS]) for row in report.parts]


def restated(report: DayReport, language: Language) -> list[Restated]:
    """The printed figures that differ from the frozen ones."""
    if report.restated is None:
        return []
    before = {row.unit: row for row in report.figures.rows}
    found = []
    for row in report.restated.rows:
        whole = row.unit == report.unit
        lines = [line for s in SECTIONS for line in s.lines] if whole else list(PARTS)
        found += list(_differences(before.get(row.unit), row, lines, language))
    return found


def _differences(
    before: Row | None, now: Row, lines: list[Line], language: Language
) -> Iterator[Restated]:
    for line in lines:
        was = line.value(before.metrics if before else {})
        value = line.value(now.metrics)
        if was != value and not line.now:
            yield Restated(
                now.name,
                line.label(language),
                shown(was, line.measure, language),
                shown(value, line.measure, language),
            )
