"""What every kind's duties keep to, so that a terminal finds the open ones quickly."""

from __future__ import annotations

from collections.abc import Iterator

from armband.shared.kinds import CATALOGUE, View
from armband.shared.policy import Policy
from support.full_records import FULL, REF


def views() -> Iterator[View]:
    """Every example, as the record that the others refer to, by somebody of the staff."""
    for kind, examples in FULL.items():
        by = {"staff": REF} if "staff" in CATALOGUE[kind].fields else {}
        for fields in examples:
            yield View(bytes.fromhex(REF), kind, "o/c1/g1", {**by, **fields})


def test_what_one_may_settle_alone_has_a_key_with_a_mark() -> None:
    """`Duty.key`: Today asks who has settled what for themselves of those keys alone."""
    seen = list(views())
    settled = [s for view in seen for s in CATALOGUE[view.kind].settled_by(view, Policy())]
    alone = {one.key for one in settled if one.by}
    duties = [d for view in seen for d in CATALOGUE[view.kind].duties_of(view, Policy())]
    keys = {duty.key for duty in duties if duty.key.partition("#")[0] in alone}
    assert {key.partition("#")[0] for key in keys} == alone != set()
    assert all("#" in key for key in keys)
