"""``armband doctor``."""

from __future__ import annotations

import argparse

from armband.client.cli.output import Output
from armband.client.doctor import Repaired, look, repair
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.store.examine import Examined
from armband.client.world import real_environment


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Say what is wrong with the store and what to do; with ``--repair`` do it.

    Exit codes: 0 sound or repaired, 1 repaired but some operation could not be saved, 5 damaged.
    """
    found = look(arguments.data)
    if found.is_sound or not arguments.repair:
        _tell(found, output)
        return ExitCode.DONE if found.is_sound else ExitCode.STORE
    done = repair(arguments.data, real_environment())
    return tell_repaired(found, done, output)


def _tell(found: Examined, output: Output) -> None:
    if output.as_json:
        output.json({"sound": found.is_sound, **_parts(found)})
        return
    for part, meaning in _meanings().items():
        for problem in _parts(found)[part]:
            output.line(f"{meaning}: {problem}")
    if found.is_sound:
        output.line(_("The store is sound."))
    else:
        output.note(
            _(
                "What to do: armband doctor --repair. The damaged file is kept under another name; "
                "what was not sent yet is taken over, the rest comes from the office again."
            )
        )


def _parts(found: Examined) -> dict[str, tuple[str, ...]]:
    return {"file": found.file, "chain": found.chain, "base": found.base, "view": found.view}


def _meanings() -> dict[str, str]:
    return {
        "file": _("the file"),
        "chain": _("what was recorded here"),
        "base": _("what the office sent"),
        "view": _("what the screens show"),
    }


def tell_repaired(found: Examined, done: Repaired, output: Output) -> ExitCode:
    """Say what a repair came to, and what it could not save."""
    salvaged = done.salvaged
    complete = not (salvaged.broken or salvaged.missing)
    if output.as_json:
        output.json(
            {
                "sound": False,
                **_parts(found),
                "aside": str(done.aside) if done.aside else None,
                "salvaged": len(salvaged.operations),
                "unsent": salvaged.waiting,
                "broken": [{"counter": n, "fields": patch} for n, patch in salvaged.broken],
                "missing": salvaged.missing,
            }
        )
        return ExitCode.DONE if complete else ExitCode.REFUSED
    output.line(
        _("{count} operations taken over, {unsent} of them not sent yet").format(
            count=len(salvaged.operations), unsent=salvaged.waiting
        )
    )
    for counter, patch in salvaged.broken:
        output.line(
            _("operation {counter} is damaged; it seems to say: {fields}").format(
                counter=counter, fields=patch
            )
        )
    for counter in salvaged.missing:
        output.line(_("operation {counter} cannot be read").format(counter=counter))
    if done.aside:
        output.note(_("the damaged file is {file}").format(file=done.aside))
        if done.is_plain:
            output.note(_("it is not encrypted: remove it when the office has everything"))
    if not complete:
        output.note(
            _("If the office does not have these operations, they have to be recorded again.")
        )
    output.note(_("The office's records come with the next sync: armband sync --once"))
    return ExitCode.DONE if complete else ExitCode.REFUSED
