"""The page's stories through the public commands; the roll-up shows exactly their figures."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from support.story.liaisons import Shown, look_after_everybody
from support.story.play import differences, play
from support.story.stage import SUITE, Stage

LEDGER_HEADS = "村（社区）,网格,楼院,门牌号,户主,电话,人口,重点人群,联户党员,党员电话"


def test_a_day_of_the_page(tmp_path: Path) -> None:
    stage = Stage(tmp_path, SUITE)
    with ExitStack() as stack:
        figures = play(stage, stack)
        assert list(differences(stage, figures)) == []
        for post in stage.posts.values():
            status = post.ask("status")
            assert (status["waiting"], status["refused"], status["conflicts"]) == (0, 0, 0), status
    assert stage.verb("audit", "--json").json["differences"] == []


def test_every_household_has_one_liaison(tmp_path: Path) -> None:
    # The street's own 21,822 take 20 s: scripts/story plays them with the same code.
    ledger = tmp_path / "ledger.csv"
    rows = [LEDGER_HEADS]
    for number in range(62):
        door, liaison = f"1-{number // 2 + 1}{number % 2 + 1:02}", number // 21
        home = f"测试社区,第1网格,001号楼,{door},户主{number},154{number:08},3,"
        rows.append(f"{home},联户{liaison},1541111{liaison:04}")
    ledger.write_bytes("\r\n".join(rows).encode("gb18030"))
    shown = look_after_everybody(tmp_path, ledger)
    assert shown == Shown(62, 3, 0, 0, (20, 21), shown.own, 0)
    assert shown.own in (20, 21)
