"""Who sits at a terminal, and what is theirs: what they have typed and chosen."""

from __future__ import annotations

from copy import copy
from typing import Self

from armband.client.engine import Engine
from armband.client.store.sitting import drafts_of, form_of


class Sitting:
    """The part of `terminal.Terminal` that differs with who has unlocked it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._store = engine.store
        self._person = ""

    @property
    def person(self) -> str:
        """Who has unlocked it and sits here; ``""`` where nobody has to."""
        return self._person

    async def sit_down(self, person: str) -> None:
        """From now on this person sits here: the author of all that is recorded."""
        await self._store.sit_down(person)
        self._person = person

    def recording_as(self, person: str) -> Self:
        """The same terminal, for what somebody else hands over to be recorded."""
        other = copy(self)
        other._person = person
        return other

    async def me(self) -> str:
        """The hex id of the member of staff who sits here; see `sitting.who_sits_here`."""
        return await self._store.who_sits_here()

    async def be(self, staff: str) -> None:
        """Whoever sits here is this member of staff (hex id), until somebody else says so."""
        await self._store.choose_me(staff)

    async def save_draft(self, form: str, values: dict[str, str]) -> None:
        """Keep what is typed into a form; it survives a crash."""
        now_ms = self._engine.environment.now_ms()
        await self._store.save_draft(form_of(form, self._person), values, now_ms)

    async def drop_draft(self, form: str) -> None:
        """Forget what was typed into a form."""
        await self._store.drop_draft(form_of(form, self._person))

    async def drafts(self) -> dict[str, dict[str, str]]:
        """Form to what whoever sits here has typed into it, the newest first."""
        return drafts_of(await self._store.drafts(), self._person)

    async def preference(self, name: str) -> str:
        """What was chosen, ``""`` when nothing was."""
        return await self._store.preference(name)

    async def set_preference(self, name: str, value: str) -> None:
        """Keep a choice, such as the checkpoint or the language."""
        await self._store.set_preference(name, value)
