"""What people paste, and what lies in files: codes, tokens, ids, values, lines, maps, carried work.

An input's first byte says what it shall be.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import zstandard

from armband.client.cli.record import read_lines
from armband.server.imports.headmap import load_map
from armband.server.imports.heads import HOUSEHOLDS
from armband.server.imports.problems import BadMap
from armband.shared import carried
from armband.shared.errors import BadFrame, InvalidRecord
from armband.shared.handshake import code_from_bytes, normal_code, printed_code
from armband.shared.ids import id_from_hex
from armband.shared.invitation import invitation_text, parse_invitation
from armband.shared.kinds import CATALOGUE
from armband.shared.text_values import field_text, parse_field
from armband.shared.tokens import Token, parse_token, token_text
from fuzz.engine import Target, said
from fuzz.packed import change_value
from fuzz.target_frames import ID, NOW_MS, check_ops, wire_ops

_FIELDS = [(kind, name) for kind in CATALOGUE.values() for name in (*kind.fields, "unit", "void")]


_SECRET_FROM = 40
"""Bytes of what may be a token: a refusal never repeats one."""


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _invitation(raw: bytes) -> None:
    try:
        code, url = parse_invitation(_text(raw))
    except ValueError as error:
        said(str(error))
        return
    assert normal_code(printed_code(code)) == code
    assert parse_invitation(invitation_text(code, url)) == (code, url)


def _token(raw: bytes) -> None:
    try:
        token = parse_token(_text(raw))
    except ValueError as error:
        said("" if len(raw) > _SECRET_FROM and _text(raw) in str(error) else str(error))
        return
    assert parse_token(token_text(token)) == token


def _id(raw: bytes) -> None:
    try:
        assert len(id_from_hex(_text(raw))) == 16
    except ValueError as error:
        said(str(error))


def _value(raw: bytes) -> None:
    kind, name = _FIELDS[int.from_bytes(raw[:2], "big") % len(_FIELDS)]
    try:
        value = parse_field(kind, name, _text(raw[2:]), "2022-06-12")
    except InvalidRecord as error:
        said(error.problem)
        return
    if value is None:
        return
    kind.check_field(name, value)
    again = parse_field(kind, name, field_text(kind.fields.get(name), value), "2022-06-12")
    assert again == value, f"{kind.name}.{name}: {value!r} comes back as {again!r}"


def _lines(raw: bytes) -> None:
    for line in read_lines(raw.split(b"\n")):
        assert line.line >= 1
        assert bool(line.kind) != bool(line.problem)


@cache
def _map_file() -> Path:
    return Path(tempfile.mkdtemp(prefix="armband-fuzz-")) / "map.toml"


def _map(raw: bytes) -> None:
    _map_file().write_bytes(raw)
    try:
        book = load_map(_map_file(), HOUSEHOLDS)
    except BadMap as error:
        said(str(error))
        return
    assert set(book.extra.values()) <= {"", *book.fields}


def _carried(raw: bytes) -> None:
    try:
        found, sealed = carried.unseal(raw)
    except BadFrame as error:
        said(error.problem)
        return
    assert carried.unseal(carried.seal(sealed.content, sealed.signature)) == (found, sealed)
    for each in found.runs:
        check_ops(each.prev, each.counter, each.ops)


_READERS: tuple[Callable[[bytes], None], ...] = (
    _invitation, _token, _id, _value, _lines, _map, _carried,
)  # fmt: skip


def run(raw: bytes) -> None:
    """One text or file."""
    _READERS[raw[0] % len(_READERS) if raw else 0](raw[1:])


_CARRIED = len(_READERS) - 1
_HEAD = len(carried.MAGIC) + 1


def _change_carried(raw: bytes, other: bytes, random: Random) -> bytes:
    """Inside of the packing, where no checksum helps; other inputs become one now and then."""
    if not raw or raw[0] % len(_READERS) != _CARRIED:
        return bytes([random.randrange(len(_READERS))]) + raw[1:]
    try:
        if not 0 < zstandard.frame_content_size(raw[1 + _HEAD :]) < 1 << 20:
            return raw
        packed = zstandard.ZstdDecompressor().decompress(raw[1 + _HEAD :])
        sealed = msgspec.msgpack.decode(packed, type=carried.Sealed)
    except (zstandard.ZstdError, msgspec.MsgspecError):
        return raw
    content = change_value(sealed.content, other, random)
    return bytes([_CARRIED]) + carried.seal(content, sealed.signature)


def _seeds() -> list[bytes]:
    code = printed_code(code_from_bytes(bytes(range(10))))
    token = token_text(Token(bytes(8), bytes(range(24)), bytes(32)))
    ops = carried.Carried("lianhu", ID, NOW_MS, [carried.Run(bytes(16), 1, wire_ops())])
    texts: list[tuple[int, list[str]]] = [
        (0, [code, invitation_text(code, "wss://192.168.1.5:7474"), code.lower()]),
        (1, [token]),
        (2, [ID.hex()]),
        (4, ['{"kind":"visit","household":"3-2-502","people":[1,2]}\n\n{"kind":""}', "[[[1"]),
        (5, ['"户主名称" = "head"\n"备注2" = "-"', '{"户主名称": "head"}', "a.b = 1979-05-27"]),
    ]
    found = [bytes([which]) + text.encode() for which, words in texts for text in words]
    values = ["36.5", "today", "3-31", "是", "met", "1", "13800000000", "3-2-502", "王 梅", "3人"]
    found += [
        b"\3" + n.to_bytes(2, "big") + values[n % len(values)].encode() for n in range(len(_FIELDS))
    ]
    found.append(bytes([_CARRIED]) + carried.seal(carried.content_of(ops), bytes(64)))
    return found


TARGET = Target(
    run,
    _seeds,
    (_change_carried,),
    tuple(
        word.encode()
        for word in (
            "armband:", "@", "wss://", "armband1.", "今天", "+9999", "-9999", "２０２２", "③", "٣",
            "ß", "ﬁ", "ſ", "K", "Ω", "İ", "\u0301", "\u3000", "'''", '"""', "1e999", "NaN", "0x",
            "[[", "]]", "{", "}", "\\u0000", "\\ud800", "9999-12-31", "nan", "\t", "\r", "、",
            *(option.label for kind, name in _FIELDS if name in kind.fields
              for option in kind.fields[name].options),
        )
    ),
    (
        "armband.shared.invitation", "armband.shared.handshake", "armband.shared.tokens",
        "armband.shared.ids", "armband.shared.text_values", "armband.shared.normal",
        "armband.shared.carried", "armband.server.imports.headmap", "armband.client.cli.record",
        "armband.shared.kinds", "armband.shared.days", "armband.shared.units",
    ),
)  # fmt: skip
