"""``armband record``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from armband.client.cli.lines import new_ids, print_outcome, run_here_or_there
from armband.client.cli.output import Output
from armband.client.errors import Usage
from armband.client.exit_codes import ExitCode
from armband.client.handover import RECORD
from armband.client.headless.recording import Line, record_lines
from armband.client.i18n import _
from armband.shared.kinds import CATALOGUE


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Record what the arguments or the file say."""
    typed = _lines(arguments)
    ids = new_ids(len(typed))
    lines = [
        msgspec.structs.replace(line, new_id=new_id)
        for line, new_id in zip(typed, ids, strict=True)
    ]
    work = run_here_or_there(
        arguments.data,
        RECORD,
        {"lines": msgspec.to_builtins(lines)},
        lambda terminal: record_lines(terminal, lines),
    )
    outcome = asyncio.run(work)
    code = print_outcome(outcome, output)
    if arguments.jsonl is None and any(refused.forbidden for refused in outcome.refused):
        return ExitCode.NOT_ALLOWED
    return code


def _lines(arguments: argparse.Namespace) -> list[Line]:
    if arguments.jsonl is not None:
        if arguments.kind is not None:
            raise Usage(_("give either KIND FIELD=VALUE ..., or --jsonl"))
        return read_lines(_raw_lines(arguments.jsonl))
    if arguments.kind is None:
        raise Usage(_("say what to record: KIND FIELD=VALUE ..., or --jsonl FILE"))
    if arguments.kind not in CATALOGUE:
        raise Usage(
            _("no kind of record is called {kind!r}; there are: {kinds}").format(
                kind=arguments.kind, kinds=", ".join(CATALOGUE)
            )
        )
    return [Line(1, arguments.kind, typed_fields(arguments.fields))]


def typed_fields(words: Iterable[str]) -> dict[str, str]:
    """Values by field, as typed: FIELD=VALUE.

    Raises:
        Usage: a word is none, or names a field again.
    """
    fields: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise Usage(_("{word!r} is not FIELD=VALUE").format(word=word))
        if name in fields:
            raise Usage(_("{name} is given twice").format(name=name))
        fields[name] = value
    return fields


def _raw_lines(file: str) -> list[bytes]:
    if file == "-" and sys.stdin is None:
        raise Usage(_("standard input is closed"))
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Usage(
            _("{file} cannot be read: {problem}").format(file=file, problem=error.strerror)
        ) from None
    return raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")


def read_lines(raw_lines: Iterable[bytes]) -> list[Line]:
    """JSON objects with ``kind`` and fields, one a line; empty lines are passed over.

    A line that is none carries its problem, so that the others are saved.
    """
    lines = []
    for number, raw in enumerate(raw_lines, 1):
        if raw.strip():
            lines.append(_read_line(number, raw))
    return lines


def _read_line(number: int, raw: bytes) -> Line:
    try:
        found: Any = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return Line(number, "", {}, _("is no JSON: {problem}").format(problem=error))
    except RecursionError:
        return Line(number, "", {}, _("is no JSON object with kind and fields"))
    if not isinstance(found, dict):
        return Line(number, "", {}, _("is no JSON object with kind and fields"))
    kind = found.pop("kind", "")
    if not isinstance(kind, str) or not kind:
        return Line(number, "", {}, _("has no kind, such as visit"))
    return Line(number, kind, found)
