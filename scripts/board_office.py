"""An invented office for the pictures of the live board: three communities, a fortnight's work."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from armband.server.certificate import make_certificate
from armband.server.model import Touch
from armband.server.office import Office, create_office
from armband.server.service import serve_office
from armband.shared import handshake, wire
from armband.shared.days import add_days, day_begins_ms
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.fields import Patch
from armband.shared.ids import natural_record_id
from armband.shared.permissions import Role
from armband.shared.policy import Policy

OFFICE = "lianhu"
TODAY = "2022-03-31"
NOW_MS = day_begins_ms(TODAY, Policy()) + (10 * 60 + 42) * 60_000
DAYS = 14
COMMUNITIES = (("yg", "阳光花苑社区", 5), ("hy", "花园路社区", 4), ("wy", "纬一街社区", 3))
HOUSEHOLDS_PER_GRID = 60
SILENT_GRID = "lianhu/yg/g3"
"""第3网格 has not reported today."""
_SEED = 20220331
_STATES = ("reported", "dispatched", "accepted", "done")
_CASES = (
    ("emergency", "lianhu/hy/g2", "dispatched", "urgent", 9),
    ("livelihood", "lianhu/yg/g1", "dispatched", "normal", 4),
    ("prevention", "lianhu/wy/g3", "reported", "normal", 2),
    ("security", "lianhu/yg/g4", "accepted", "low", 95),
    ("population", "lianhu/hy/g1", "done", "normal", 1410),
)
"""(category, unit, state, priority, minutes since the report)."""


def grids() -> list[str]:
    """The units that report."""
    return [
        f"{OFFICE}/{code}/g{grid + 1}"
        for code, _name, count in COMMUNITIES
        for grid in range(count)
    ]


@asynccontextmanager
async def board_office(folder: Path) -> AsyncIterator[Office]:
    """The office, served on a free port and on its control socket; its clock stands still."""
    rng = random.Random(_SEED)
    environment = Environment(lambda: NOW_MS, rng.randbytes)
    await create_office(folder, OFFICE, "莲湖街道办事处", environment)
    make_certificate(folder, OFFICE, NOW_MS)
    async with serve_office(folder, environment, "127.0.0.1", 0) as service:
        for drafts in (list(_units()), list(_work(rng)), *_cases()):
            outcomes = await service.office.upsert(drafts, "office")
            assert set(outcomes) <= {"new", "changed"}, set(outcomes)
        await _terminals(service.office, rng)
        yield service.office


def _draft(kind: str, unit: str, fields: Patch, *key: object) -> Draft:
    record = natural_record_id(OFFICE, kind, unit, *(str(part) for part in key))
    return Draft(kind, record, unit, fields)


def _unit(code: str, name: str, level: str) -> Draft:
    return Draft(
        "unit", natural_record_id(OFFICE, "unit", code), code, {"name": name, "level": level}
    )


def _units() -> Iterator[Draft]:
    for code, name, count in COMMUNITIES:
        yield _unit(f"{OFFICE}/{code}", name, "community")
        for grid in range(1, count + 1):
            yield _unit(f"{OFFICE}/{code}/g{grid}", f"第{grid}网格", "grid")
    for unit in grids():
        for door in range(HOUSEHOLDS_PER_GRID):
            yield _draft("household", unit, {"door": f"1-1-{door + 101}", "people": 3}, door)


def _work(rng: random.Random) -> Iterator[Draft]:
    for back in range(DAYS):
        day = add_days(TODAY, -back)
        begins = day_begins_ms(day, Policy())
        for unit in grids():
            if day == TODAY and unit == SILENT_GRID:
                continue
            share = 0.45 if day == TODAY else 1.0 - 0.03 * back
            for number in range(int(rng.randint(10, 22) * share)):
                at = begins + (8 * 60 + rng.randint(0, 140)) * 60_000
                yield _check(rng, unit, day, at, number)
            for number in range(int(rng.randint(6, 14) * share)):
                at = begins + (8 * 60 + rng.randint(0, 140)) * 60_000
                yield _visit(rng, unit, day, at, number)


def _check(rng: random.Random, unit: str, day: str, at: int, number: int) -> Draft:
    code = rng.choices(("green", "yellow", "red"), (200, 3, 1))[0]
    fields: Patch = {
        "code": code,
        "decision": "passed" if code == "green" else "referred",
        "temp_tenths": rng.choices((364, 366, 378), (100, 100, 1))[0],
        "at": at,
        "day": day,
    }
    return _draft("check", unit, fields, day, number)


def _visit(rng: random.Random, unit: str, day: str, at: int, number: int) -> Draft:
    door = rng.randrange(HOUSEHOLDS_PER_GRID)
    fields: Patch = {
        "household": natural_record_id(OFFICE, "household", unit, str(door)).hex(),
        "channel": rng.choice(("door", "door", "phone", "wechat")),
        "outcome": "met",
        "at": at,
        "day": day,
    }
    return _draft("visit", unit, fields, day, number)


def _cases() -> list[list[Draft]]:
    """The cases, then their steps, one after the other: a case begins as reported."""
    turns: list[list[Draft]] = [[], [], [], []]
    for category, unit, state, priority, minutes in _CASES:
        at = NOW_MS - minutes * 60_000
        begun: Patch = {
            "category": category,
            "brief": "演示",
            "channel": "phone",
            "state": "reported",
            "priority": priority,
            "at": at,
            "day": TODAY if minutes < 600 else add_days(TODAY, -1),
        }
        steps: tuple[Patch, ...] = (
            {
                "step": "dispatch",
                "dispatched_at": at + 60_000,
                "dispatched_by": "演示",
                "rung": "grid",
            },
            {"step": "accept", "accepted_at": at + 180_000, "accepted_by": "演示"},
            {"step": "finish", "done_at": at + 3_600_000, "done_by": "演示"},
        )
        turns[0].append(_draft("case", unit, begun, minutes))
        for turn, name in enumerate(_STATES[: _STATES.index(state) + 1]):
            if turn:
                step: Patch = {"state": name, **steps[turn - 1]}
                turns[turn].append(_draft("case", unit, step, minutes))
    return turns


async def _terminals(office: Office, rng: random.Random) -> None:
    for number, unit in enumerate(grids()):
        code = await office.create_invite(unit, Role.GRID, "演示", NOW_MS + 3_600_000)
        terminal = await office.take_invite(handshake.invite_id(code), rng.randbytes(32))
        hours = {2: 26, 7: 5}.get(number, 0)
        waiting = 14 if number == 2 else 0
        report = wire.Report(waiting, waiting, 0, 0)
        office.touch(terminal.key_id, Touch(NOW_MS - hours * 3_600_000, report=report))
