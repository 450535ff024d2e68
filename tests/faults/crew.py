"""Real terminals as processes: ``armband sync`` over a folder, handed lines while it runs."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, Self

from armband.client.handover import RECORD, STATUS, ask_holder
from armband.shared.ids import new_record_id
from faults.processes import OfficeProcess, Program
from support.enrolled import enrol_by_commands
from support.real_office import new_office, run_command, serving

UNIT = "lianhu/yg/g1"
LOOK_S = 0.05


async def make_office(directory: Path) -> None:
    """An office with the units of the rig; nobody serves it yet."""
    await new_office(directory)
    async with serving(directory):
        pass


def enrol(office: OfficeProcess, folder: Path) -> None:
    """A new terminal of the office, by the two commands as processes."""
    enrol_by_commands(office.directory, office.url, folder, run=run_command)


def check_lines(random: Random, most: int = 30) -> list[dict[str, Any]]:
    """1 to ``most`` checks as one process hands them to another, with their ids."""
    fields = {"code": "green", "decision": "passed", "temp_tenths": 365, "unit": UNIT}
    return [
        {
            "line": n + 1,
            "kind": "check",
            "fields": fields,
            "new_id": new_record_id(1_700_000_000_000, random.randbytes(10)).hex(),
        }
        for n in range(random.randint(1, most))
    ]


class Station:
    """One terminal's folder, and the process that holds it now and then.

    Attributes:
        saved: ids of the records that a command or the process called saved.
    """

    def __init__(self, folder: Path, through: Sequence[str | Path] = ()) -> None:
        self.folder = folder
        self.through = through
        self.saved: list[str] = []
        self._program: Program | None = None

    @classmethod
    async def enrolled(cls, office: OfficeProcess, folder: Path) -> Self:
        """A new terminal of the office."""
        await asyncio.to_thread(enrol, office, folder)
        return cls(folder)

    @property
    def program(self) -> Program:
        assert self._program is not None, "it runs"
        return self._program

    async def start(self) -> None:
        """Run ``armband sync`` until `kill` or `stop`."""
        words = ("sync", "--data", self.folder)
        self._program = Program("armband", *words, through=self.through)
        await self._program.first_line()

    def kill(self) -> None:
        if self._program is not None:
            self._program.kill()
            self._program = None

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop()
            self._program = None

    async def record(self, random: Random, most: int = 10) -> None:
        """Some checks: handed to the running process, or by a command of their own."""
        if self._program is None:
            await asyncio.to_thread(self._record_alone, random, most)
            return
        answer = await ask_holder(self.folder, RECORD, {"lines": check_lines(random, most)})
        assert not answer["refused"], answer
        self.saved += [line["id"] for line in answer["saved"]]

    async def change(self, record: str, **fields: object) -> None:
        """Change a check through the running process."""
        line = {"line": 1, "kind": "check", "fields": {"id": record, **fields}, "new_id": ""}
        answer = await ask_holder(self.folder, RECORD, {"lines": [line]})
        assert not answer["refused"], answer

    def _record_alone(self, random: Random, most: int) -> None:
        fields = {"kind": "check", "code": "green", "decision": "passed", "unit": UNIT}
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.write(f"{json.dumps(fields)}\n" * random.randint(1, most))
            file.flush()
            words = ("record", "--jsonl", file.name, "--data", self.folder, "--json")
            done = run_command("armband", *words)
        assert done.code == 0, done.err
        self.saved += [line["id"] for line in done.json["saved"]]

    async def status(self) -> dict[str, Any]:
        """The sync line; ``{}`` when the process does not answer."""
        with suppress(OSError):
            answer: dict[str, Any] = await ask_holder(self.folder, STATUS, {})
            return answer
        return {}

    async def reaches(self, what: str, timeout_s: float = 60, **wanted: object) -> None:
        """Wait until the sync line says so."""
        found: dict[str, Any] = {}

        async def look() -> None:
            nonlocal found
            while found == {} or any(found[name] != value for name, value in wanted.items()):
                await asyncio.sleep(LOOK_S)
                found = await self.status()

        try:
            await asyncio.wait_for(look(), timeout_s)
        except TimeoutError:
            problem = self._program.problem() if self._program is not None else ""
            raise AssertionError(f"{what}: {found}; {problem[-2000:]}") from None
