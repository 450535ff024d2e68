"""A report as text for a screen or a mail: eighty cells wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armband.server.cli.output import cells
from armband.server.exports.render import moment_text
from armband.server.reports.layout import Language
from armband.server.reports.lines import (
    Figure,
    fixed_lines,
    head_lines,
    part_heads,
    part_rows,
    restated,
    sections,
    title,
)
from armband.server.reports.model import ChangedRecord, DayReport
from armband.server.reports.words import word
from armband.shared.harmless import shown_line

WIDTH = 80
_COLUMNS = 3
_CELL = WIDTH // _COLUMNS
_RECORDS_SHOWN = 20


def text_of(report: DayReport, language: Language, utc_offset_min: int) -> str:
    """The whole report; ends with a line feed."""
    blocks = [
        _head(report, language, utc_offset_min),
        *(_section(name, figures) for name, figures in sections(report, language)),
        _parts(report, language),
        _fixed(report, language, utc_offset_min),
        _signatures(language),
    ]
    return "\n".join("\n".join(map(shown_line, block)) + "\n" for block in blocks if block)


def _head(report: DayReport, language: Language, utc_offset_min: int) -> list[str]:
    centred = title(report, language)
    return [
        " " * max(0, (WIDTH - cells(centred)) // 2) + centred,
        *(part for line in head_lines(report, language, utc_offset_min) for part in _folded(line)),
        "─" * WIDTH,
    ]


def _folded(line: str) -> list[str]:
    """A line of blank-separated words in lines that fit."""
    folded = [""]
    for piece in line.split(" "):
        longer = f"{folded[-1]} {piece}" if folded[-1] else piece
        if cells(longer) > WIDTH and folded[-1]:
            folded.append(f"  {piece}")
        else:
            folded[-1] = longer
    return folded


def _section(name: str, figures: Sequence[Figure]) -> list[str]:
    return [name, *_side_by_side(figures)]


def _side_by_side(figures: Sequence[Figure]) -> Iterator[str]:
    for at in range(0, len(figures), _COLUMNS):
        row = [f"  {figure.label} {figure.text}" for figure in figures[at : at + _COLUMNS]]
        yield "".join(_padded(text, _CELL) for text in row).rstrip()


def _padded(text: str, width: int) -> str:
    """Always one blank at least, so that a long figure never runs into the next."""
    return text + " " * max(1, width - cells(text))


def _parts(report: DayReport, language: Language) -> list[str]:
    rows = part_rows(report)
    if not rows:
        return []
    lines = [part_heads(language), *([name, *map(str, values)] for name, values in rows)]
    widths = [max(cells(line[at]) for line in lines) for at in range(len(lines[0]))]
    return [
        word("parts", language),
        *("  " + _table_row(line, widths) for line in lines),
    ]


def _table_row(line: Sequence[str], widths: Sequence[int]) -> str:
    name = line[0] + " " * (widths[0] - cells(line[0]))
    figures = (_right(text, width) for text, width in zip(line[1:], widths[1:], strict=True))
    return "  ".join([name, *figures])


def _right(text: str, width: int) -> str:
    return " " * (width - cells(text)) + text


def _fixed(report: DayReport, language: Language, utc_offset_min: int) -> list[str]:
    lines = fixed_lines(report, language, utc_offset_min)
    if report.restated is None:
        return lines
    now_at = moment_text(report.restated.as_of.at, utc_offset_min)
    lines += ["", f"{word('restated', language)} ({word('as_of', language)} {now_at})"]
    was, now = word("was", language), word("is", language)
    lines += [
        f"  {one.place} {one.label}: {was} {one.was}, {now} {one.now}"
        for one in restated(report, language)
    ]
    lines.append(word("records", language))
    shown = report.restated.records[:_RECORDS_SHOWN]
    lines += [_changed(record, utc_offset_min) for record in shown]
    hidden = len(report.restated.records) - len(shown) + report.restated.more
    return [*lines, *([f"  {word('more', language).format(hidden)}"] if hidden else [])]


def _changed(record: ChangedRecord, utc_offset_min: int) -> str:
    metrics = " ".join(f"{metric} {count:+d}" for metric, count in record.metrics.items())
    moment = moment_text(record.changed, utc_offset_min)
    return f"  {record.kind} {record.id}  {moment}  {metrics}"


def _signatures(language: Language) -> list[str]:
    line = "_" * 12
    pairs = [
        f"{word(name, language)} {line}" for name in ("filled_by", "phone", "signed_by", "time")
    ]
    return ["    ".join(pairs[:2]), "    ".join(pairs[2:])]
