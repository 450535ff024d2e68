"""Work that waits for the engine, beside the UI's own loop of messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.dom import DOMNode
from textual.worker import Worker

from armband.client.errors import StoreDamaged
from armband.client.tui.problems import problem_words
from armband.shared.errors import ArmbandError


def start(
    node: DOMNode,
    job: Callable[[], Awaitable[object]],
    *,
    group: str = "default",
    exclusive: bool = False,
) -> Worker[None]:
    """Run ``job`` as a worker of ``node``; it ends when the node goes.

    What the engine refuses is told to the user; anything else is a bug and ends the program.

    Args:
        node: a widget or screen.
        job: called when its turn comes, so that one that is overtaken never begins.
        group: of the node's workers.
        exclusive: cancel the group's earlier workers: only the newest answer is wanted.
    """

    async def guarded() -> None:
        try:
            await job()
        except StoreDamaged:
            # The app says it on a screen of its own.
            return
        except ArmbandError as error:
            node.app.notify(problem_words(error), severity="error", timeout=10)

    return node.run_worker(guarded, group=group, exclusive=exclusive)
