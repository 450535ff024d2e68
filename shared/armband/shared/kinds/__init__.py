"""The catalogue of kinds. Adding a kind is adding a module and a line here, and its Chinese in
`armband.shared.words`: forms, ledgers, exports, imports and reports take their words from there.
"""

from __future__ import annotations

from collections.abc import Mapping

from armband.shared.errors import UnknownKind
from armband.shared.kinds import (
    ack,
    call,
    case,
    check,
    checkpoint,
    delivery,
    followup,
    household,
    inquiry,
    inspection,
    notice,
    policy_text,
    post,
    rectification,
    resident,
    resource,
    returnee,
    reveal,
    sample,
    screening,
    service,
    shift,
    shop,
    staff,
    stay,
    testing_round,
    unit,
    visit,
)
from armband.shared.kinds.declare import UNIT, VOID, Contribution, Kind, View

CATALOGUE: Mapping[str, Kind] = {
    module.KIND.name: module.KIND
    for module in (
        unit,
        household,
        resident,
        staff,
        post,
        resource,
        checkpoint,
        visit,
        check,
        case,
        call,
        policy_text,
        shop,
        inspection,
        rectification,
        shift,
        notice,
        ack,
        service,
        delivery,
        testing_round,
        sample,
        returnee,
        followup,
        screening,
        inquiry,
        stay,
        reveal,
    )
}


def kind_named(name: str) -> Kind:
    """The kind of that name.

    Raises:
        UnknownKind: this release has none.
    """
    kind = CATALOGUE.get(name)
    if kind is None:
        raise UnknownKind(name)
    return kind


__all__ = ["CATALOGUE", "UNIT", "VOID", "Contribution", "Kind", "View", "kind_named"]
