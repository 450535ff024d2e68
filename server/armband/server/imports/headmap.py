"""The file given with ``--map``: heads of one office's register to the fields they mean."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import msgspec

from armband.server.imports.heads import HeadBook, key_of
from armband.server.imports.problems import BadMap

_IGNORE = frozenset({"", "-", "ignore"})
MAX_MAP_BYTES = 256 * 1024


def load_map(path: Path, book: HeadBook) -> HeadBook:
    """The head book with the heads of a TOML or JSON file added.

    The file is one table: ``"户主名称" = "head"``; an empty field leaves a column out.

    Raises:
        BadMap: unreadable, no such table, or a field that this type of register has not.
    """
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadMap(f"{path.name}: cannot be read: {reason}") from None
    if len(raw) > MAX_MAP_BYTES:
        raise BadMap(f"{path.name}: larger than {MAX_MAP_BYTES >> 10} KiB")
    extra: dict[str, str] = {}
    for head, name in _parse(path.name, raw).items():
        if not isinstance(name, str):
            raise BadMap(f'{path.name}: {head!r} must be a field\'s name, such as "phone"')
        wanted = "" if name.strip().lower() in _IGNORE else name.strip()
        if wanted and wanted not in book.fields:
            known = ", ".join(book.fields)
            raise BadMap(f"{path.name}: {head!r} means {name!r}, but the fields are: {known}")
        extra[key_of(head)] = wanted
    return replace(book, extra=extra)


def _parse(name: str, raw: bytes) -> dict[str, object]:
    try:
        text = raw.decode("utf-8-sig")
        table = msgspec.json.decode(text) if text.lstrip()[:1] == "{" else tomllib.loads(text)
    except (UnicodeDecodeError, msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadMap(f"{name}: neither TOML nor JSON in UTF-8 ({error})") from None
    if not isinstance(table, dict):
        raise BadMap(f"{name}: must be one table of heads and fields")
    return table
