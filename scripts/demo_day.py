"""A working day, compressed: rounds, gates, pulled cables, and one household edited twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from armband.shared.drafts import Draft
from scripts.demo_community import COMMUNITY, COMMUNITY_SHORT, invented_name, invented_phone
from scripts.demo_crew import GATES, SILENT_GRID
from scripts.demo_office import DemoFailed
from scripts.demo_post import Post

VISITS_PER_WORKER = 12
VISITS_PER_LIAISON = 5
CHECKS_PER_GATE = 40
OFFLINE = ("grid02", "grid07", "liaison05", "gate3")
OFFLINE_FROM, OFFLINE_TO = 0.25, 0.65
EDITORS = ("grid01", "liaison01")
SETTLER = "chief"
SETTLE_TIMEOUT_S = 30.0
_CHANNELS = (("door", 5), ("phone", 3), ("wechat", 2))
_OUTCOMES = (("met", 15), ("no_answer", 3), ("refused", 1), ("moved", 1))
_NEEDS = ("代买降压药", "上门测核酸", "送一袋米", "清运垃圾")


@dataclass(frozen=True, slots=True)
class Day:
    """The clock of the play. A fraction of the day is a moment of it."""

    begins_s: float
    length_s: float

    async def until(self, fraction: float) -> None:
        """Wait for that moment; it may be past already."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self.begins_s + fraction * self.length_s - loop.time()))


def _draw(post: Post, weights: tuple[tuple[str, int], ...]) -> str:
    names, counts = zip(*weights, strict=True)
    drawn: str = post.rng.choices(names, counts)[0]
    return drawn


async def rounds(post: Post, day: Day, visits: int) -> None:
    """Visit doors of the own unit; one visit is taken back."""
    doors = await post.households(post.member.unit)
    for number in range(visits):
        await day.until((number + post.rng.random()) / visits)
        door = post.rng.choice(doors)
        outcome = _draw(post, _OUTCOMES)
        more: dict[str, str | int] = {"people_seen": post.rng.randint(1, 4)}
        if post.rng.random() < 0.15:
            more["needs"] = post.rng.choice(_NEEDS)
        record = await post.visit(
            door, _draw(post, _CHANNELS), outcome, **(more if outcome == "met" else {})
        )
        if number == 2:
            await post.void(record, "记错了户")


async def open_gates(post: Post) -> None:
    """Enter the community's gates as checkpoints."""
    drafts = [
        Draft("checkpoint", post.terminal.new_id(), COMMUNITY, {"name": COMMUNITY_SHORT + name})
        for name in GATES
    ]
    await post.terminal.record(drafts)


async def gate(post: Post, day: Day, checks: int) -> None:
    """Check whoever passes at this guard's gate; one check is taken back."""
    doors = await post.households(COMMUNITY)
    place = await post.checkpoint(COMMUNITY_SHORT + GATES[int(post.member.key[-1]) - 1])
    for number in range(checks):
        await day.until((number + post.rng.random()) / checks)
        if number % 11 == 7:
            who = f"{invented_name(post.rng)} {invented_phone(post.rng)}"
        else:
            who = post.rng.choice(doors).view.text("door")
        record = await post.check(f"{who} {_seen(post, number)}", place)
        if number == 5:
            await post.void(record, "重复")


def _seen(post: Post, number: int) -> str:
    """Temperature, colour, and the guard's decision where one is asked for."""
    normal = f"{post.rng.randint(361, 369)}"
    match number % 20:
        case 4:
            return f"{post.rng.randint(373, 389)} g refer"
        case 9:
            return f"{normal} y {post.rng.choice(('pass', 'back'))}"
        case 15:
            return f"{normal} r back"
        case 17:
            return f"{normal} n back"
        case _:
            return f"{normal} g"


async def away(post: Post, day: Day) -> None:
    """No network for a good part of the day; the work goes on."""
    await day.until(OFFLINE_FROM)
    post.cable.pull()
    await day.until(OFFLINE_TO)
    post.cable.plug_in()


async def edit_twice(editors: list[Post], settler: Post, day: Day) -> None:
    """Two change one telephone without seeing each other's; a third settles it.

    Raises:
        DemoFailed: the conflict did not reach the settler.
    """
    door = (await editors[1].households(editors[1].member.unit))[0].view
    await day.until(0.3)
    for editor in editors:
        editor.cable.pull()
    await day.until(0.4)
    numbers = [invented_phone(editor.rng) for editor in editors]
    for editor, number in zip(editors, numbers, strict=True):
        await editor.terminal.change(door.id, {"phone": number})
    await day.until(0.5)
    for editor in editors:
        editor.cable.plug_in()
    async with asyncio.timeout(SETTLE_TIMEOUT_S + day.length_s):
        await _conflict_known(settler, door.id)
    await settler.terminal.change(door.id, {"phone": numbers[0]})


async def _conflict_known(settler: Post, record: bytes) -> None:
    changed = asyncio.Event()
    stop = settler.terminal.listen(lambda _event: changed.set())
    try:
        while not any(one.record == record for one in await settler.terminal.conflicts()):
            await changed.wait()
            changed.clear()
    finally:
        stop()


async def play(posts: Mapping[str, Post], length_s: float) -> None:
    """The whole day, until the last one has gone home; raises the first failure."""
    day = Day(asyncio.get_running_loop().time(), length_s)
    try:
        async with asyncio.TaskGroup() as group:
            for key, post in posts.items():
                if key.startswith("grid") and post.member.grid != SILENT_GRID:
                    group.create_task(rounds(post, day, VISITS_PER_WORKER))
                elif key.startswith("liaison"):
                    group.create_task(rounds(post, day, VISITS_PER_LIAISON))
                elif key.startswith("gate"):
                    group.create_task(gate(post, day, CHECKS_PER_GATE))
            for key in OFFLINE:
                group.create_task(away(posts[key], day))
            editors = [posts[key] for key in EDITORS]
            group.create_task(edit_twice(editors, posts[SETTLER], day))
    except* DemoFailed as failed:
        raise failed.exceptions[0] from None
    except* TimeoutError:
        raise DemoFailed("the conflict did not reach the chief in time") from None
