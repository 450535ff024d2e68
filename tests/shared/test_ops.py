"""Operations: the id is the content, whatever is changed in it; limits hold."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armband.shared import limits
from armband.shared.ops import (
    CHAIN_START,
    MAX_AUTHOR,
    Op,
    Payload,
    WireOp,
    decode_payload,
    encode_payload,
    join_digests,
    key_id_of,
    link,
    link_all,
    next_history,
    op_id_of,
    payload_hash_of,
    set_digest,
)
from support.examples import examples

IDS = st.binary(min_size=16, max_size=16)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(max_size=20),
    st.lists(st.one_of(st.integers(0, 999), st.text(max_size=5)), max_size=5),
)
PAYLOADS = st.builds(
    Payload,
    record=IDS,
    kind=st.text(max_size=10),
    unit=st.text(max_size=10),
    patch=st.dictionaries(st.text(max_size=8), VALUES, max_size=5),
    seen=st.integers(0, 2**62),
    author=st.text(max_size=20),
    mends=st.one_of(st.just(b""), IDS),
)
WIRES = st.builds(
    WireOp,
    hlc=st.integers(0, 2**63 - 1),
    nonce=st.integers(0, 2**64 - 1),
    payload=PAYLOADS.map(encode_payload),
)
KEY = key_id_of(bytes(32))


@given(IDS, IDS, st.integers(1, 2**40), WIRES, st.data())
@settings(max_examples=examples(100))
def test_any_changed_bit_changes_the_id(
    prev: bytes, key_id: bytes, counter: int, wire: WireOp, data: st.DataObject
) -> None:
    op = link(prev, key_id, counter, wire)

    def flipped(raw: bytes) -> bytes:
        at = data.draw(st.integers(0, len(raw) * 8 - 1))
        return (int.from_bytes(raw, "big") ^ (1 << at)).to_bytes(len(raw), "big")

    others = [
        link(flipped(prev), key_id, counter, wire),
        link(prev, flipped(key_id), counter, wire),
        link(prev, key_id, counter + 1, wire),
        link(prev, key_id, counter, msgspec.structs.replace(wire, hlc=wire.hlc ^ 1)),
        link(prev, key_id, counter, msgspec.structs.replace(wire, nonce=wire.nonce ^ 1)),
        link(prev, key_id, counter, msgspec.structs.replace(wire, payload=flipped(wire.payload))),
        link(prev, key_id, counter, msgspec.structs.replace(wire, payload=wire.payload + b"\0")),
    ]
    assert len({op.id, *(other.id for other in others)}) == len(others) + 1
    assert link(prev, key_id, counter, wire) == op


@given(st.lists(WIRES, min_size=1, max_size=6), st.integers(0, 5))
def test_a_chain_is_the_same_however_it_is_cut(wires: list[WireOp], at: int) -> None:
    whole = link_all(CHAIN_START, KEY, 1, wires)
    first = link_all(CHAIN_START, KEY, 1, wires[:at])
    prev = first[-1].id if first else CHAIN_START
    rest = link_all(prev, KEY, 1 + len(first), wires[at:])
    assert [*first, *rest] == whole
    assert [op.counter for op in whole] == list(range(1, len(wires) + 1))
    assert [op.prev for op in whole] == [CHAIN_START, *(op.id for op in whole[:-1])]


@given(WIRES)
def test_the_nonce_salts_the_payloads_hash(wire: WireOp) -> None:
    """What remains after a purge must not let a temperature be guessed."""
    other = msgspec.structs.replace(wire, nonce=wire.nonce ^ (1 << 63))
    assert payload_hash_of(wire) != payload_hash_of(other)


@given(PAYLOADS)
def test_a_payload_survives_its_bytes_whatever_the_order_of_its_fields(payload: Payload) -> None:
    raw = encode_payload(payload)
    assert decode_payload(raw) == payload
    turned = dict(reversed(list(payload.patch.items())))
    assert encode_payload(msgspec.structs.replace(payload, patch=turned)) == raw


@given(st.one_of(st.binary(max_size=200), PAYLOADS.map(encode_payload)), st.data())
def test_bad_payloads_give_a_problem_and_still_a_place_in_the_chain(
    raw: bytes, data: st.DataObject
) -> None:
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    op = link(CHAIN_START, KEY, 1, WireOp(1, 2, cut))
    assert len(op.id) == 16
    assert (op.body is None) == bool(op.problem)


def _payload(**changes: object) -> Payload:
    plain = Payload(bytes(16), "visit", "o", {"unit": "o"}, 0, "me")
    return msgspec.structs.replace(plain, **changes)


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        (_payload(record=b"short"), "16 bytes"),
        (_payload(patch={str(n): 1 for n in range(limits.MAX_FIELDS + 1)}), "fields"),
        (_payload(author="x" * (MAX_AUTHOR + 1)), "author"),
        (_payload(patch={"note": "x" * (limits.MAX_TEXT + 1)}), "note"),
        (_payload(patch={"temps": [365] * (limits.MAX_LIST + 1)}), "temps"),
        (_payload(patch={str(n): "x" * 4000 for n in range(9)}), "payload of"),
    ],
)
def test_limits_of_a_payload(payload: Payload, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        decode_payload(encode_payload(payload))


def test_a_payload_at_its_limits_is_taken() -> None:
    full = _payload(
        author="x" * MAX_AUTHOR, patch={"note": "字" * limits.MAX_TEXT, "temps": [365] * 200}
    )
    assert decode_payload(encode_payload(full)) == full


def _payload_bytes() -> bytes:
    return encode_payload(_payload())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xc1",
        b"\x91" * 500 + b"\xc0",  # deep nesting
        b"\x97\xc4\x10" + bytes(16) + b"\xa2\xff\xfe" * 6,  # invalid UTF-8
        _payload_bytes()[:-2].replace(b"\x97", b"\x98", 1) + b"\xc4\x00" + b"\x91" * 9999,
        b"\xdd\xff\xff\xff\xff",  # four billion items
        msgspec.msgpack.encode([bytes(16), "visit", "o", {"x": 1.5}, 0, "me"]),
        msgspec.msgpack.encode([bytes(16), "visit", "o", {"x": {"y": 1}}, 0, "me"]),
    ],
)
def test_hostile_payloads_do_not_decode(raw: bytes) -> None:
    with pytest.raises(ValueError, match="payload"):
        decode_payload(raw)


def test_a_newer_release_may_add_fields_to_a_payload() -> None:
    raw = msgspec.msgpack.encode([bytes(16), "visit", "o", {}, 0, "me", b"", "new", 7])
    assert decode_payload(raw).author == "me"


@given(st.lists(st.tuples(IDS, st.integers(0, 2**60), st.booleans()), max_size=8))
def test_history_is_a_chain(links: list[tuple[bytes, int, bool]]) -> None:
    """Changing, leaving out or exchanging a link changes all that follows."""
    history, seen = CHAIN_START, {CHAIN_START}
    for op_id, eff, suspect in links:
        before, history = history, next_history(history, op_id, eff, KEY, suspect=suspect)
        assert history != next_history(before, op_id, eff + 1, KEY, suspect=suspect)
        assert history != next_history(before, op_id, eff, KEY, suspect=not suspect)
        assert history != next_history(before, op_id, eff, op_id, suspect=suspect)
        assert history not in seen
        seen.add(history)


ROWS = st.dictionaries(IDS, st.integers(0, 2**60), max_size=12)


@given(ROWS, st.randoms(use_true_random=False))
def test_a_set_digest_does_not_care_about_order_and_joins(
    rows: dict[bytes, int], random: object
) -> None:
    pairs = list(rows.items())
    digest = set_digest(pairs)
    random.shuffle(pairs)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert set_digest(pairs) == digest
    half = len(pairs) // 2
    assert join_digests(set_digest(pairs[:half]), set_digest(pairs[half:])) == digest
    assert set_digest([]) == bytes(16)
    if pairs:
        (record, seq), *rest = pairs
        assert set_digest([(record, seq + 1), *rest]) != digest
        assert set_digest(rest) != digest
        assert join_digests(digest, set_digest([(record, seq)])) == set_digest(rest)


def test_ids_are_written_down() -> None:
    """A change here would make every stored operation another one."""
    wire = WireOp(hlc=108_134_400_000_000_000, nonce=7, payload=encode_payload(_payload()))
    op: Op = link(CHAIN_START, KEY, 1, wire)
    assert KEY.hex() == "4612f8a9fc5747964c039b1d9e63f1da"
    assert op.payload_hash.hex() == "64b838be75ed3b8c0b3b4425d54d5f7e"
    assert op.id.hex() == "0db767e0e10692e7a01d2f4e9735de21"
    assert op_id_of(CHAIN_START, KEY, 1, wire, op.payload_hash) == op.id
    history = next_history(CHAIN_START, op.id, wire.hlc, KEY, suspect=False)
    assert history.hex() == "ab0bc482767c5c1433641d107a398a05"
