"""Who may open a terminal: the key ring as the screens use it. Nothing here waits on the UI's loop.

Guessing costs a third of a second and the ring is a file: both happen in a thread. What is shown
(people, how long to wait) is known without asking.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from armband.client import keyring
from armband.client.carrying import Exported, export_unsent
from armband.client.errors import Locked, NotAllowed
from armband.client.i18n import _
from armband.client.keywrap import USUAL, Cost
from armband.shared.environment import Environment


class Door:
    """The key ring in DIR.

    Args:
        data_dir: of the terminal.
        environment: the clock and randomness.
        cost: of a guess, for new PINs.

    Attributes:
        people: who has a PIN, sorted; none: nobody has to unlock.
        failed: wrong PINs since the last right one.

    Raises:
        StoreKeyWrong: the ring cannot be read.
    """

    def __init__(self, data_dir: Path, environment: Environment, cost: Cost = USUAL) -> None:
        self._data_dir = data_dir
        self._environment = environment
        self._cost = cost
        self._waits_until_ms = 0
        self.people: tuple[str, ...] = ()
        self.failed = 0
        self._look()

    def _look(self) -> None:
        now_ms = self._environment.now_ms()
        state = keyring.state(self._data_dir, now_ms)
        self.people = state.people
        self._waits_until_ms = now_ms + state.wait_s * 1000
        self.failed = keyring.load(self._data_dir).failed if state.people else 0

    @property
    def is_shut(self) -> bool:
        """Whether somebody has to unlock before the store can be opened."""
        return bool(self.people) and not keyring.person_of(self._data_dir)

    @property
    def sitting(self) -> str:
        """Who has unlocked; ``""`` where nobody has to."""
        return keyring.person_of(self._data_dir)

    @property
    def can_have_people(self) -> bool:
        """Whether the store has a key that a PIN could protect."""
        return keyring.has_ring(self._data_dir)

    @property
    def wait_s(self) -> int:
        """Seconds until the next PIN is listened to."""
        return max(0, -(-(self._waits_until_ms - self._environment.now_ms()) // 1000))

    async def unlock(self, person: str, pin: str) -> None:
        """Try a PIN.

        Raises:
            Locked: it is wrong, or comes too soon.
            StoreKeyWrong, OSError: the ring cannot be read or written.
        """
        try:
            await asyncio.to_thread(keyring.unlock, self._data_dir, person, pin, self._environment)
        except Locked:
            # A cancelled wait is as short as before: the ring has counted.
            await asyncio.to_thread(self._look)
            raise
        self.failed, self._waits_until_ms = 0, 0

    async def set_pin(self, person: str, pin: str) -> None:
        """Give a new person a PIN, or whoever sits here another one.

        Raises:
            NotAllowed: it is somebody else's.
            OSError: the disk refuses; everything is as before.
        """
        if not keyring.may_set(self._data_dir, person):
            raise NotAllowed(_("{person} has a PIN already").format(person=person))
        await asyncio.to_thread(
            partial(keyring.set_pin, cost=self._cost),
            *(self._data_dir, person, pin, self._environment),
        )
        await asyncio.to_thread(self._look)

    async def remove(self, person: str) -> None:
        """Take a person's PIN away; after the last one nobody has to unlock any more.

        Raises:
            Locked: nobody of that name has one.
            OSError: the disk refuses; everything is as before.
        """
        await asyncio.to_thread(keyring.remove_person, self._data_dir, person)
        await asyncio.to_thread(self._look)

    async def export(self, target: Path) -> Exported:
        """Write what waits into a file; see `carrying.export_unsent`."""
        return await asyncio.to_thread(export_unsent, self._data_dir, target, self._environment)
