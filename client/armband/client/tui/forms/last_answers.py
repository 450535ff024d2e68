"""The last answers to the fields that a kind declares `sticky`: a new record's form has them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from armband.client.terminal import Terminal
from armband.shared.kinds import Kind


async def last_answers(terminal: Terminal, kind: Kind) -> dict[str, str]:
    """Field to the text of its last answer; what the kind no longer declares so is left out."""
    kept = await terminal.preference(_name(kind))
    try:
        texts = msgspec.json.decode(kept, type=dict[str, str]) if kept else {}
    except msgspec.MsgspecError:
        return {}
    return {name: texts[name] for name in _sticky(kind) if name in texts}


async def keep_answers(terminal: Terminal, kind: Kind, said: Mapping[str, object]) -> None:
    """Keep what a saved record says, for the next one."""
    texts = {name: value for name in _sticky(kind) if isinstance(value := said.get(name), str)}
    if _sticky(kind) and texts != await last_answers(terminal, kind):
        await terminal.set_preference(_name(kind), msgspec.json.encode(texts).decode())


def _sticky(kind: Kind) -> list[str]:
    return [name for name, declared in kind.fields.items() if declared.sticky]


def _name(kind: Kind) -> str:
    return f"last/{kind.name}"
