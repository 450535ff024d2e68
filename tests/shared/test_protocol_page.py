"""shared/PROTOCOL.md says what wire.py says, and its worked examples are true."""

from __future__ import annotations

import hmac
import re
from hashlib import blake2b, sha256
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from armband.shared import limits, merge, ops, wire
from armband.shared.handshake import ALPHABET
from armband.shared.measures import Rule
from armband.shared.policy import Policy
from armband.shared.units import MAX_DEPTH, MAX_UNIT_CODE
from support.protocol_examples import worked_examples

PAGE = (Path(__file__).parents[2] / "shared" / "PROTOCOL.md").read_text("utf-8")
MESSAGES = [*get_args(wire.FromTerminal), *get_args(wire.FromOffice)]
BODIES = [
    *(ops.WireOp, ops.Payload, merge.State, merge.Write, Policy, Rule),
    *(wire.Receipt, wire.FeedRow, wire.HistoryRow),
    *(wire.RollupBody, wire.CellRow, wire.UnitName, wire.CoverageRow),
]


def section(title: str) -> str:
    """The text under a heading, up to the next heading."""
    found = re.search(rf"^### {re.escape(title)}$(.*?)(?=^#)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"PROTOCOL.md has no section {title!r}"
    return found[1]


def rows(text: str) -> list[tuple[int, str, str]]:
    """Place, field and type of each row of a section's table."""
    found = re.findall(r"^\| (\d+) \| `(\w+)` \| ([^|]*) \|", text, re.MULTILINE)
    return [(int(place), name, words) for place, name, words in found]


@pytest.mark.parametrize("struct", MESSAGES, ids=lambda struct: struct.__name__)
def test_every_message_with_its_tag_and_fields_in_order(struct: type[msgspec.Struct]) -> None:
    tag = struct.__struct_config__.tag
    names = list(struct.__struct_fields__)
    table = rows(section(f"{struct.__name__}, tag {tag}"))
    assert [(place, name) for place, name, _type in table] == list(enumerate(names, 1))


@pytest.mark.parametrize("struct", BODIES, ids=lambda struct: struct.__name__)
def test_everything_inside_bodies(struct: type[msgspec.Struct]) -> None:
    names = list(struct.__struct_fields__)
    table = rows(section(struct.__name__))
    assert [(place, name) for place, name, _type in table] == list(enumerate(names))


@pytest.mark.parametrize("struct", [*MESSAGES, *BODIES], ids=lambda struct: struct.__name__)
def test_types_and_defaults(struct: type[msgspec.Struct]) -> None:
    tag = struct.__struct_config__.tag
    text = section(f"{struct.__name__}, tag {tag}" if tag is not None else struct.__name__)
    for field, (_place, name, words) in zip(
        msgspec.structs.fields(struct), rows(text), strict=True
    ):
        line = next(line for line in text.splitlines() if f"| `{name}` |" in line)
        assert ("default" in line) == (not field.required), line
        assert words.strip() == type_words(field.type), line


NAMED = {
    "Id": wire.Id,
    "Code": wire.Code,
    "Words": wire.Words,
    "Body": wire.Body,
    "Number": wire.Number,
    "Version": wire.Version,
    "Moment": wire.Moment,
    "OfficeTime": wire.OfficeTime,
}
POWERS = {(1 << 62) - 1: "2^62 - 1", (1 << 63) - 1: "2^63 - 1", None: "2^64 - 1"}


def type_words(hint: object) -> str:  # noqa: PLR0911 one return per sort of type reads best
    """A field's type in the words of the page."""
    for name, named in NAMED.items():
        if hint == named:
            return name
    origin, inner = getattr(hint, "__origin__", None), get_args(hint)
    if origin in (list, tuple):
        return f"list of {type_words(inner[0])}"
    if hint == dict[str, int]:
        return "map of str to int"
    if origin is dict:
        return "map of str to value"
    for meta in getattr(hint, "__metadata__", ()):
        if getattr(origin, "__origin__", None) is list:
            return f"{type_words(origin)}, at most {meta.max_length}"
        if meta.min_length is not None:
            return f"bytes, {meta.min_length} bytes"
        if meta.max_length is not None:
            return f"bytes, at most {meta.max_length}"
        return f"int, {meta.ge} to {POWERS.get(meta.le, meta.le)}"
    assert isinstance(hint, type), hint
    return hint.__name__


def test_the_bounds_of_the_named_types() -> None:
    lines = {
        name: next(x for x in PAGE.splitlines() if x.startswith(f"| `{name}` |")) for name in NAMED
    }
    assert "16 bytes" in lines["Id"]
    assert "200 characters" in lines["Code"]
    assert "500 characters" in lines["Words"]
    assert "0 to 2^62 - 1" in lines["Number"]
    assert "0 to 65535" in lines["Version"]
    assert "±2^52" in lines["Moment"]
    assert "0 to 2^47 - 1" in lines["OfficeTime"]


@pytest.mark.parametrize("prefix", ["CLOSE_", "STATUS_", "REASON_", "CAUSE_"])
def test_every_close_code_status_and_reason(prefix: str) -> None:
    known = {name: getattr(wire, name) for name in dir(wire) if name.startswith(prefix)}
    assert known
    for name, value in known.items():
        line = next((x for x in PAGE.splitlines() if f"`{name}`" in x and x.startswith("|")), "")
        assert str(value) in line, name


def test_every_limit_with_its_value() -> None:
    for name in dir(limits):
        if name.isupper():
            value = getattr(limits, name)
            words = f"{value:g}" if isinstance(value, float) else str(value)
            flat = " ".join(PAGE.split())
            assert f"`{name}` = {words} " in flat or f"{words} bytes (`{name}`)" in flat, name
    assert f"at most {MAX_UNIT_CODE} characters and {MAX_DEPTH} words" in PAGE.replace("\n", " ")
    assert ALPHABET in PAGE
    assert f"protocol {wire.PROTOCOL}, schema {wire.SCHEMA}" in PAGE


def shown_examples() -> dict[str, str]:
    """The worked examples as the page shows them."""
    block = PAGE.split("## 16. Worked examples")[1].split("```")[1]
    found: dict[str, str] = {}
    name = ""
    for line in block.strip().splitlines():
        if not line.startswith(" "):
            name = line.split()[0]
        found[name] = found.get(name, "") + line.split()[-1]
    return found


def test_the_worked_examples_are_what_the_code_makes() -> None:
    assert shown_examples() == worked_examples()


def test_the_worked_examples_follow_from_the_page_alone() -> None:
    """The formulas of the page with nothing but hashlib, as another language would do it."""
    raw = {k: bytes.fromhex(v) for k, v in shown_examples().items() if k != "code"}

    def b2(size: int, person: bytes, *parts: bytes, salt: bytes = b"") -> bytes:
        return blake2b(b"".join(parts), digest_size=size, person=person, salt=salt).digest()

    def sized(width: int, *parts: bytes) -> bytes:
        return b"".join(len(part).to_bytes(width, "big") + part for part in parts)

    def number(value: int, width: int = 8) -> bytes:
        return value.to_bytes(width, "big")

    zero, stamp = bytes(16), number(108_134_400_000_000_000)
    assert raw["fingerprint"] == sha256(b"certificate").digest()
    assert raw["key_id"] == b2(16, b"armband-key-id-1", raw["public_key"])
    key = [b"lianhu", b"household", b"lianhu/yangguang", b"3-2-502"]
    assert raw["record"] == b2(16, b"armband-natural1", sized(4, *key))
    assert raw["payload_hash"] == b2(16, b"", raw["payload"], salt=number(7) + bytes(8))
    parts = [zero, raw["key_id"], number(1), stamp, raw["payload_hash"], number(7)]
    assert raw["op_id"] == b2(16, b"armband-op-id-1", *parts)
    assert raw["hist_1"] == b2(
        16, b"armband-hist-1", zero, raw["op_id"], stamp, raw["key_id"], bytes(1)
    )
    assert raw["set_digest"] == b2(16, b"", raw["record"], number(1))

    said = [b"\xaa" * 32, raw["fingerprint"], raw["key_id"], number(1, 4), number(0), b""]
    transcript = b"armband-hello-1" + sized(4, *said, number(0), b"", b"")
    assert raw["hello_transcript"] == transcript
    assert raw["hello_signature"] in raw["hello_frame"]

    value = int.from_bytes(bytes(range(10)), "big")
    code = "".join(ALPHABET[value >> shift & 31] for shift in range(75, -1, -5))
    assert shown_examples()["code"].replace("-", "") == code
    assert raw["invite"] == b2(8, b"armband-invite-1", code.encode())
    assert raw["code_key"] == b2(32, b"armband-enrol-1", code.encode())
    for side in (b"terminal", b"office"):
        over = [side, raw["fingerprint"], raw["public_key"], b"\xaa" * 32, b"\xbb" * 32]
        proof = hmac.digest(raw["code_key"], b"armband-enrol-1" + sized(2, *over), "sha256")
        assert raw[f"proof_{side.decode()}"] == proof


def test_the_worked_frames_decode() -> None:
    shown = {k: v for k, v in shown_examples().items() if k.endswith("_frame")}
    for frame in shown.values():
        wire.decode_from_terminal(bytes.fromhex(frame))
    generic = msgspec.msgpack.decode(bytes.fromhex(shown["subscribe_frame"]))
    assert generic == [6, 0, "lianhu", 1, "", ""]
