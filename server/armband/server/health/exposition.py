"""Figures in the text format that Prometheus reads, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from armband.server.health.timings import Timings

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "armband_"


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric, with a value for each set of labels.

    Attributes:
        name: without the prefix; with its unit, as ``_seconds``.
        values: labels (as pairs) to the value.
    """

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    values: Mapping[tuple[tuple[str, str], ...], float] = field(default_factory=dict)


def one(name: str, kind: Literal["gauge", "counter"], help_: str, value: float) -> Figure:
    """A metric without labels."""
    return Figure(name, kind, help_, {(): value})


def exposition(figures: Iterable[Figure]) -> str:
    """All figures as text."""
    lines = []
    for figure in figures:
        name = PREFIX + figure.name
        lines.append(f"# HELP {name} {_escaped(figure.help)}")
        lines.append(f"# TYPE {name} {figure.kind}")
        lines += [f"{name}{_labels(labels)} {value:g}" for labels, value in figure.values.items()]
    return "".join(f"{line}\n" for line in lines)


def histogram(name: str, help_: str, timings: Timings) -> str:
    """Timings as a histogram's text."""
    full = PREFIX + name
    lines = [f"# HELP {full} {_escaped(help_)}", f"# TYPE {full} histogram"]
    lines += [f'{full}_bucket{{le="{bound:g}"}} {count}' for bound, count in timings.cumulative()]
    lines += [
        f'{full}_bucket{{le="+Inf"}} {timings.count}',
        f"{full}_sum {timings.total_s:g}",
        f"{full}_count {timings.count}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    told = ",".join(f'{name}="{_quoted(value)}"' for name, value in labels)
    return f"{{{told}}}" if told else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
