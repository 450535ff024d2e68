"""The office as imports and exports see it, reached over a desk: typed values for plain ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from armband.server.desk import Desk
from armband.server.imports.returnees import Ruling
from armband.server.model import RecordsPage
from armband.shared.drafts import Draft
from armband.shared.kinds import View
from armband.shared.policy import Policy
from armband.shared.wire import UnitName

AUTHOR = "office"
"""Who an import's operations say they are by."""
PAGE_RECORDS = 1000


class DeskOffice:
    """An office behind a desk; opened with `reach`, which asks for what stays the same."""

    def __init__(self, desk: Desk, code: str, policy: Policy, units: Sequence[UnitName]) -> None:
        self._desk = desk
        self.code = code
        self.policy = policy
        self.units: Mapping[str, UnitName] = {unit.code: unit for unit in units}

    @classmethod
    async def reach(cls, desk: Desk) -> DeskOffice:
        """Ask an office for its code, its clock and its units."""
        about = await desk.call("office")
        units = msgspec.convert(await desk.call("units"), list[UnitName])
        return cls(desk, about["office"], msgspec.convert(about["policy"], Policy), units)

    async def upsert(self, drafts: Sequence[Draft], *, dry_run: bool) -> list[str]:
        """See `office.Office.upsert`."""
        args = {"drafts": list(drafts), "author": AUTHOR, "dry_run": dry_run}
        outcomes: list[str] = await self._desk.call("upsert", args)
        return outcomes

    async def records(
        self, kind: str, unit: str, after: tuple[str, bytes] | None, limit: int
    ) -> RecordsPage:
        """A page of the records of a kind within a unit, in order of (unit, id)."""
        args = {"kind": kind, "unit": unit, "after": after, "limit": limit}
        page = await self._desk.call("records", args)
        views = msgspec.convert(page["views"], list[View])
        return RecordsPage(views, page["after"] and (page["after"][0], page["after"][1]))

    async def ruling(self) -> Ruling:
        """What is ordered for returnees, and who is on record as one."""
        about = await self._desk.call("office")
        known: set[bytes] = set()
        after: tuple[str, bytes] | None = None
        while True:
            page = await self.records("returnee", self.code, after, PAGE_RECORDS)
            known |= {view.id for view in page.views}
            if page.after is None:
                return Ruling(self.policy, about["today"], known)
            after = page.after

    async def staff_posts(self) -> dict[bytes, list[int | str]]:
        """The posts of everyone who has some, by record."""
        posts: dict[bytes, list[int | str]] = {}
        after: tuple[str, bytes] | None = None
        while True:
            page = await self.records("staff", self.code, after, PAGE_RECORDS)
            for view in page.views:
                held: Any = view.fields.get("posts")
                if isinstance(held, list) and not view.void:
                    posts[view.id] = held
            if page.after is None:
                return posts
            after = page.after
