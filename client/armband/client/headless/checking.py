"""Lane lines without a lane: each is recorded as the lane would, or refused with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from armband.client.errors import ClientError, Usage
from armband.client.headless.outcome import Outcome
from armband.client.headless.places import CHECKPOINT, chosen_checkpoint
from armband.client.headless.recording import id_of_line
from armband.client.headless.saving import Saver
from armband.client.lane import MATCHES_WANTED, Ready, parse, resolve
from armband.client.lane.words import reason
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord


async def check_lines(
    terminal: Terminal, lines: Sequence[str], checkpoint: str = "", ids: Sequence[str] = ()
) -> Outcome:
    """Save every line that is a whole and unambiguous check.

    Args:
        checkpoint: where they were made; by default where the lane stands.
        ids: hex of each line's record id, made where it was typed; see `recording.Line`.

    Raises:
        Usage: no checkpoint, or more than one, is called so.
    """
    try:
        here = await chosen_checkpoint(terminal, checkpoint)
    except InvalidRecord as error:
        raise Usage(f"--checkpoint: {error.problem}") from None
    scope = terminal.identity.scope
    unit = here.view.unit if here is not None else (scope[0] if scope else "")
    saver = Saver(terminal)
    for at, text in enumerate(lines):
        parsed = parse(text)
        matches = {
            piece: await terminal.match([piece.terms], MATCHES_WANTED) for piece in parsed.pieces
        }
        outcome = resolve(parsed, matches, terminal.identity.policy)
        if not isinstance(outcome, Ready):
            saver.refuse(at + 1, ClientError(reason(outcome)))
            continue
        fields = outcome.check.fields()
        if here is not None:
            fields[CHECKPOINT] = here.view.id.hex()
        record = id_of_line(terminal, ids[at] if at < len(ids) else "")
        await saver.add(at + 1, Draft("check", record, unit, fields))
        # Saved at once and not with the next one: each check has its own moment.
        await saver.flush()
    return await saver.outcome()
