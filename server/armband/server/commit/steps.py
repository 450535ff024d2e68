"""What the author of a change of state had before them, as far as the office can tell."""

from __future__ import annotations

from armband.shared.fields import Patch
from armband.shared.kinds.workflow import Seen
from armband.shared.merge import State, Write, view
from armband.shared.ops import Op


def seen_by(op: Op, branch: bytes, state: State | None, field: str) -> Seen | None:
    """The record as the author of ``op`` saw it; None when the office cannot tell.

    It cannot when somebody wrote the state unseen; when the newest that the author saw is not
    here: after a restore of the office others have yet to hand in again what the author built on;
    and on a branch of a copied terminal, which takes its own earlier work for seen where here it
    stands on another branch, so that the two disagree about which states stand.

    A step that leads on from one of its author's that was kept aside (out of scope, say) does not
    lead on from what the office has: it is refused, and lies beside the other one in the tray.

    Args:
        branch: the branch of its terminal's chain on which the operation stands.
        state: the record as the office has it; None when it has not begun.
        field: the field that holds the workflow's state.
    """
    if state is None or op.body is None or branch != op.key_id:
        return None
    author_seen = op.body.seen

    def saw(write: Write) -> bool:
        own = write.branch == branch and write.counter < op.counter
        return own or write.version <= author_seen

    standing = [write for write in state.writes if field in write.patch]
    if not standing or not all(saw(write) for write in standing):
        return None
    if author_seen and all(write.version != author_seen for write in state.writes):
        return None
    # What somebody wrote unseen may have been anything when the author looked.
    unknown: Patch = {
        name: True for write in state.writes if not saw(write) for name in write.patch
    }
    return Seen({**view(state).fields, **unknown}, tuple(write.patch[field] for write in standing))
