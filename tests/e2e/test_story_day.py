"""The page's stories through the public commands; the roll-up shows exactly their figures."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from support.story.play import differences, play
from support.story.stage import SUITE, Stage


def test_a_day_of_the_page(tmp_path: Path) -> None:
    stage = Stage(tmp_path, SUITE)
    with ExitStack() as stack:
        figures = play(stage, stack)
        assert list(differences(stage, figures)) == []
        for post in stage.posts.values():
            status = post.ask("status")
            assert (status["waiting"], status["refused"], status["conflicts"]) == (0, 0, 0), status
    assert stage.verb("audit", "--json").json["differences"] == []
