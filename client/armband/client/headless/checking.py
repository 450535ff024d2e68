"""Lane lines without a lane: each is recorded as the lane would, or refused with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from armband.client.headless.outcome import Outcome, RefusedLine, SavedLine, joined
from armband.client.headless.places import CHECKPOINT, chosen_checkpoint
from armband.client.headless.recording import save_drafts
from armband.client.lane import MATCHES_WANTED, Ready, parse, resolve
from armband.client.lane.words import reason
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft


async def check_lines(terminal: Terminal, lines: Sequence[str], checkpoint: str = "") -> Outcome:
    """Save every line that is a whole and unambiguous check.

    Args:
        checkpoint: where they were made; by default where the lane stands.

    Raises:
        InvalidRecord: no checkpoint, or more than one, is called so.
        StoreUnusable: the disk refuses; the lines before are saved.
    """
    here = await chosen_checkpoint(terminal, checkpoint)
    scope = terminal.identity.scope
    unit = here.view.unit if here is not None else (scope[0] if scope else "")
    results: list[SavedLine | RefusedLine] = []
    for number, text in enumerate(lines, 1):
        parsed = parse(text)
        matches = {
            piece: await terminal.match([piece.terms], MATCHES_WANTED) for piece in parsed.pieces
        }
        outcome = resolve(parsed, matches, terminal.identity.policy)
        if not isinstance(outcome, Ready):
            results.append(RefusedLine(number, reason(outcome)))
            continue
        fields = outcome.check.fields()
        if here is not None:
            fields[CHECKPOINT] = here.view.id.hex()
        # Saved at once and not with the next one: each check has its own moment.
        draft = Draft("check", terminal.new_id(), unit, fields)
        results += await save_drafts(terminal, [(number, draft)])
    return joined(results)
