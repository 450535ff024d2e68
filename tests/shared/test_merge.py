"""Merge: order, repetition and batching do not matter; conflicts are true ones and settle."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armband.shared import hlc
from armband.shared.fields import Patch
from armband.shared.kinds.declare import REASON
from armband.shared.merge import (
    State,
    Write,
    candidates,
    conflicts,
    decode_state,
    encode_state,
    merge,
    view,
)
from support.examples import examples
from support.histories import (
    FIELDS,
    KIND,
    RECORD,
    Office,
    Terminal,
    histories,
    name_id,
    standing,
    stood,
)


def write(name: str, stamp: int, patch: Patch, seen: int = 0) -> Write:
    return Write(stamp, name_id(name), name_id(name[0]), 1, seen, name, False, patch)


NEWER = write("n", 200, {"phone": "newer", "head": "x"})
OLDER = write("o", 100, {"phone": "older", "door": "y"})


def test_one_batch_of_newer_and_older_is_the_same_as_two_batches() -> None:
    """The trap of reading stamps once before a loop: [newer, older] must not leave "older"."""
    one = merge(None, RECORD, KIND, [NEWER, OLDER])
    two = merge(merge(None, RECORD, KIND, [NEWER]), RECORD, KIND, [OLDER])
    other = merge(merge(None, RECORD, KIND, [OLDER]), RECORD, KIND, [NEWER])
    assert encode_state(one) == encode_state(two) == encode_state(other)
    assert view(one).fields["phone"] == "newer"


def test_the_trap_with_writes_that_saw_each_other() -> None:
    first = write("a1", 100, {"phone": "1"})
    second = write("b1", 200, {"phone": "2"}, seen=100)
    third = write("c1", 300, {"phone": "3"}, seen=200)
    for order in permutations([first, second, third]):
        state = merge(None, RECORD, KIND, order)
        assert view(state).fields["phone"] == "3"
        assert conflicts(state) == ()


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=examples(80))
def test_order_repetition_and_batching_do_not_matter(
    history: tuple[Office, list[Terminal]], random: object
) -> None:
    writes = history[0].writes
    expected = merge(None, RECORD, KIND, writes)
    shuffled = [*writes, *writes]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert encode_state(merge(None, RECORD, KIND, shuffled)) == encode_state(expected)
    at = random.randint(0, len(shuffled))  # type: ignore[attr-defined]  # the same
    split = merge(None, RECORD, KIND, shuffled[:at])
    split = merge(split, RECORD, KIND, shuffled[at:])
    assert encode_state(split) == encode_state(expected)


@given(histories(forks=True), st.randoms(use_true_random=False))
@settings(max_examples=examples(50))
def test_the_same_with_cloned_terminals(
    history: tuple[Office, list[Terminal]], random: object
) -> None:
    writes = list(history[0].writes)
    expected = merge(None, RECORD, KIND, writes)
    random.shuffle(writes)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert encode_state(merge(None, RECORD, KIND, writes)) == encode_state(expected)


@given(histories(), st.integers(0, 24))
@settings(max_examples=examples(80))
def test_a_state_joins_another_state(history: tuple[Office, list[Terminal]], at: int) -> None:
    """Merging a stored state's writes is as good as merging the operations behind it."""
    writes = history[0].writes
    left = merge(None, RECORD, KIND, writes[:at])
    right = merge(None, RECORD, KIND, writes[at:])
    joined = merge(left, RECORD, KIND, right.writes)
    assert encode_state(joined) == encode_state(merge(None, RECORD, KIND, writes))
    assert encode_state(merge(joined, RECORD, KIND, joined.writes)) == encode_state(joined)


@given(histories())
@settings(max_examples=examples(100))
def test_what_stands_is_exactly_what_nobody_who_knew_it_overwrote(
    history: tuple[Office, list[Terminal]],
) -> None:
    office, _terminals = history
    assert stood(office.state) == standing(office)


@given(histories())
@settings(max_examples=examples(80))
def test_a_conflict_is_two_different_values_that_stand(
    history: tuple[Office, list[Terminal]],
) -> None:
    office, _terminals = history
    expected = [name for name, ops in standing(office).items() if len(set(ops.values())) > 1]
    found = conflicts(office.state) if office.state else ()
    assert list(found) == sorted(expected)


@given(histories(forks=True))
@settings(max_examples=examples(80))
def test_a_fork_loses_nothing(history: tuple[Office, list[Terminal]]) -> None:
    """With clones merge may ask once too often (their common past), but never too seldom."""
    office, _terminals = history
    left = stood(office.state)
    for name, ops in standing(office).items():
        assert ops.items() <= left[name].items()


@given(histories(), st.sampled_from(FIELDS))
@settings(max_examples=examples(80))
def test_a_write_by_somebody_who_saw_all_beats_all(
    history: tuple[Office, list[Terminal]], name: str
) -> None:
    """I8, whatever the clocks: it wins, and it settles what was in conflict."""
    office, terminals = history
    for terminal in terminals:
        office.pull(terminal)
        terminal.write(office.now_ms, {name: terminal.name})
        office.push(terminal)
        assert office.state is not None
        assert view(office.state).fields[name] == terminal.name
        assert name not in conflicts(office.state)


@given(histories())
@settings(max_examples=examples(80))
def test_own_unsent_writes_lie_over_the_base_and_beat_what_their_author_saw(
    history: tuple[Office, list[Terminal]],
) -> None:
    office, terminals = history
    terminal = terminals[0]
    office.pull(terminal)
    made = [terminal.write(office.now_ms, {"phone": text}) for text in ("1", "2")]
    overlay = [
        Write(op.stamp, op.id, op.key, op.counter, op.seen, "", False, op.patch, hlc.MAX_STAMP)
        for op in made
    ]
    shown = merge(terminal.base, RECORD, KIND, overlay)
    assert view(shown).fields["phone"] == "2"
    assert "phone" not in conflicts(shown)


@given(histories())
@settings(max_examples=examples(50))
def test_a_records_version_only_grows_and_is_above_its_stamps(
    history: tuple[Office, list[Terminal]],
) -> None:
    state: State | None = None
    for new in history[0].writes:
        before = state.stamp if state else 0
        state = merge(state, RECORD, KIND, [new])
        assert state.stamp > before
        assert state.stamp >= max(write.stamp for write in state.writes)


@given(histories())
@settings(max_examples=examples(50))
def test_a_state_survives_its_bytes(history: tuple[Office, list[Terminal]]) -> None:
    state = merge(None, RECORD, KIND, history[0].writes)
    assert decode_state(encode_state(state)) == state


@pytest.mark.parametrize("names", ["pq", "qr", "rs", "st", "tu"])
def test_ties_are_broken_by_the_operations_id(names: str) -> None:
    one, two = (write(f"{name}1", 100, {"phone": name}) for name in names)
    winner = max((one, two), key=lambda w: w.op)
    for order in permutations([one, two]):
        state = merge(None, RECORD, KIND, order)
        assert view(state).fields["phone"] == winner.patch["phone"]
        assert candidates(state, "phone")[0].op == winner.op


def test_different_fields_merge_silently_and_equal_values_do_not_conflict() -> None:
    state = merge(
        None,
        RECORD,
        KIND,
        [
            write("a", 1, {"phone": "1", "unit": "o"}),
            write("b", 2, {"door": "2"}),
            write("c", 3, {"phone": "1"}),
        ],
    )
    assert conflicts(state) == ()
    assert view(state).unit == "o"
    assert view(state).fields == {"phone": "1", "door": "2"}


def test_a_cleared_field_conflicts_with_an_unseen_value() -> None:
    state = merge(
        None, RECORD, KIND, [write("a", 1, {"phone": "1"}), write("b", 2, {"phone": None})]
    )
    assert conflicts(state) == ("phone",)


def test_reasons_never_conflict() -> None:
    state = merge(
        None, RECORD, KIND, [write("a", 1, {REASON: "slip"}), write("b", 2, {REASON: "moved"})]
    )
    assert conflicts(state) == ()


def test_doubt_is_shown_only_where_there_is_a_conflict() -> None:
    doubtful = Write(9, name_id("s"), name_id("s"), 1, 0, "s", True, {"phone": "9"})
    alone = merge(None, RECORD, KIND, [doubtful])
    both = merge(alone, RECORD, KIND, [NEWER])
    assert not view(alone).suspect
    assert view(both).suspect
    assert [c.value for c in candidates(both, "phone")] == ["newer", "9"]
