"""Setting the demo up: an office with its registers imported, invitations, and a folder for it."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from armband.client.world import real_environment
from armband.server.desk import open_desk
from scripts.demo_community import OFFICE_CODE, OFFICE_NAME, Community, build, write_registers
from scripts.demo_crew import Member, build_crew
from scripts.demo_office import DemoFailed, running, verb

TOP = Path(__file__).resolve().parent.parent
KEPT = TOP / ".demo"
SEED = 20220331
HOUR_MS = 3_600_000


def note(text: str) -> None:
    """Tell the person in front of it what happens; never on stdout."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Stage:
    """A running office with the community in it.

    Attributes:
        folder: everything of this demo.
        url: where the office listens.
    """

    folder: Path
    url: str
    community: Community
    crew: tuple[Member, ...]

    @property
    def office(self) -> Path:
        """The office's folder."""
        return self.folder / "office"

    def terminal(self, member: Member) -> Path:
        """The folder of a member's terminal."""
        return self.folder / "terminals" / member.key

    async def invite(self, member: Member) -> str:
        """An enrolment code for a member."""
        named = ("--unit", member.unit, "--role", member.role, "--name", member.person)
        code: str = (await verb(self.office, "invite", *named))["code"]
        return code

    async def invite_all(self) -> dict[str, str]:
        """A code for each of the crew, by key, over one visit to the office's desk."""
        codes = {}
        async with open_desk(self.office, real_environment()) as desk:
            for member in self.crew:
                wanted = {
                    "unit": member.unit,
                    "role": member.role,
                    "name": member.person,
                    "valid_ms": HOUR_MS,
                }
                codes[member.key] = (await desk.call("invite", wanted))["code"]
        return codes


@contextmanager
def demo_folder(*, keep: bool) -> Iterator[Path]:
    """A folder of the demo's own, thrown away at the end unless it is to be kept."""
    if keep:
        shutil.rmtree(KEPT, ignore_errors=True)
        KEPT.mkdir(mode=0o700)
        yield KEPT
        note(f"Kept in {KEPT}: office/ and terminals/*; look with armband-server audit --data ...")
        return
    folder = Path(tempfile.mkdtemp(prefix="armband-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def set_stage(folder: Path) -> AsyncIterator[Stage]:
    """Make the office, import the registers and start the server, all with its own commands."""
    community = build(SEED)
    crew = build_crew(community, SEED)
    office = folder / "office"
    await verb(office, "init", "--office", OFFICE_CODE, "--name", OFFICE_NAME)
    registers = folder / "registers"
    await asyncio.to_thread(registers.mkdir)
    files = await asyncio.to_thread(write_registers, community, registers)
    for what, path in files.items():
        report = await verb(office, "import", what, str(path))
        if report["refused"]:
            raise DemoFailed(f"the import of {what} refused rows: {report['lines'][:3]}")
        note(f"{what}: {report['imported']:,} imported")
    async with running(office, folder / "office.log") as url:
        note(f"{OFFICE_NAME} listens on {url}")
        yield Stage(folder, url, community, crew)
