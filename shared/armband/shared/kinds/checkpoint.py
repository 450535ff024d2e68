"""Checkpoint (卡点): an entrance where people are checked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from armband.shared.fields import Field, FieldType, Name, Note, Option, Search, choice
from armband.shared.kinds.declare import Contribution, Kind, View
from armband.shared.policy import Policy
from armband.shared.roles import DESKS, FIELD, GATE, SETTLERS, Role

FORM_OPTIONS = (
    Option("fixed", "Fixed"),
    Option("temporary", "Temporary"),
    Option("joint", "Joint"),
)


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entrance of a unit; a unit may have several."""

    name: Annotated[Name, Field("Name", search=Search.NAME)]
    form: Annotated[Literal["fixed", "temporary", "joint"] | None, choice("Form", FORM_OPTIONS)] = (
        None
    )
    note: Annotated[Note | None, Field("Note", FieldType.NOTE, search=Search.WORDS)] = None


def _contribute(_view: View, _body: Any, _policy: Policy) -> tuple[Contribution, ...]:
    return (Contribution("checkpoints.total"),)


KIND = Kind(
    name="checkpoint",
    label="Checkpoint",
    plural="Checkpoints",
    body=Checkpoint,
    contribute=_contribute,
    columns=("name", "form", "note"),
    writers=DESKS | {Role.CHECKPOINT, Role.GRID},
    settlers=SETTLERS | GATE,
    administrators=FIELD | GATE,
    metrics={"checkpoints.total": "checkpoints that exist now"},
)
