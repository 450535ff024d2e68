"""A record that somebody wants to make or change, before it becomes an operation."""

from __future__ import annotations

import msgspec

from armband.shared.fields import Patch


class Draft(msgspec.Struct, frozen=True):
    """The wanted fields of one record; fields that are not named stay as they are.

    Attributes:
        kind: the kind's name.
        id: the record's id (new, natural, or of an existing record).
        unit: the unit it hangs on.
        fields: field name to value, without ``unit``.
    """

    kind: str
    id: bytes
    unit: str
    fields: Patch
