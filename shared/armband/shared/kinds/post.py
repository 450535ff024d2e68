"""Post (岗位): a member of staff, a role, from when to when, in the unit where the record hangs.

Whoever has posts in several units, or for a time, has a record for each; who serves where on a
given day, what is vacant and the 3+N of a grid follow (see `shared.staffing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from armband.shared.fields import Day, Field, FieldType, Note, Ref, Search, Value, choice
from armband.shared.kinds.declare import RAW, Contribution, Kind, View
from armband.shared.kinds.post_roles import (
    FILLED,
    FILLED_MEANING,
    GRID_POSTS,
    POST_OPTIONS,
    PostRole,
)
from armband.shared.policy import Policy
from armband.shared.roles import DESKS

SPAN = "posts.span"
_EVER = ("0000-00-00", "9999-99-99")


class Post(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody's post in a unit."""

    staff: Annotated[Ref, Field("Staff member", FieldType.REF, ref="staff")]
    role: Annotated[PostRole, choice("Role", POST_OPTIONS)]
    since: Annotated[Day | None, Field("From", FieldType.DAY, hint="2022-03-31 or +7")] = None
    until: Annotated[Day | None, Field("Last day", FieldType.DAY, hint="2022-03-31 or +7")] = None
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(view: View, body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    post: Post = body
    span = f"{post.role}~{post.since or _EVER[0]}~{post.until or _EVER[1]}"
    parts = [Contribution(f"{SPAN}{RAW}{span}")]
    if post.role in GRID_POSTS and post.until is None:
        parts.append(Contribution(FILLED, member=f"{view.unit}:{post.role}"))
    return tuple(parts)


def _derive(metrics: Mapping[str, int], day: str) -> Mapping[str, int]:
    """Posts held on the day; the vacancies of the grids, as far as sums can tell."""
    held = {f"posts.{option.code}": 0 for option in POST_OPTIONS}
    prefix = SPAN + RAW
    for name, count in metrics.items():
        if name.startswith(prefix):
            role, since, until = name.removeprefix(prefix).split("~")
            if since <= day <= until and f"posts.{role}" in held:
                held[f"posts.{role}"] += count
    wanted = len(GRID_POSTS) * metrics.get("units.grid", 0)
    vacant = max(0, wanted - metrics.get(FILLED, 0))
    return {**held, "posts.total": sum(held.values()), "posts.vacant": vacant}


def _check_whole(body: Any) -> tuple[str, str] | None:
    post: Post = body
    if post.since and post.until and post.until < post.since:
        return "until", "must not be before the first day"
    return None


def _natural_key(unit: str, fields: Mapping[str, Value]) -> tuple[str, ...] | None:
    staff, role = fields.get("staff"), fields.get("role")
    return (unit, str(staff), str(role), str(fields.get("since") or "")) if staff and role else None


KIND = Kind(
    name="post",
    label="Post",
    plural="Posts",
    body=Post,
    contribute=_contribute,
    derive=_derive,
    natural_key=_natural_key,
    check_whole=_check_whole,
    columns=("staff", "role", "since", "until"),
    writers=DESKS,
    metrics={
        SPAN: "raw material, in no report: posts by role, first and last day",
        "posts.total": "posts held on the day, as records of their own",
        **{f"posts.{option.code}": f"of these, '{option.label}'" for option in POST_OPTIONS},
        FILLED: FILLED_MEANING,
        "posts.vacant": "five for each grid, less `posts.filled`; a post of the five that hangs "
        "on another unit than a grid, or begins later, hides a vacancy, one with a last day is "
        "vacant while it is held; `armband staffing` tells exactly",
    },
)
