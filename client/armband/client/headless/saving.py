"""Saving numbered drafts: many in one transaction, and a reason for each that cannot be saved."""

from __future__ import annotations

from collections.abc import Sequence

from armband.client.errors import RoleMayNot, StoreUnusable
from armband.client.headless.outcome import Outcome, RefusedLine, SavedLine, joined
from armband.client.i18n.errors import error_words
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.errors import ArmbandError
from armband.shared.kinds import CATALOGUE, UNIT, VOID, View
from armband.shared.kinds.same import SAME_AS
from armband.shared.kinds.workflow import STEP

TOGETHER = 100
"""Drafts of one transaction."""

Numbered = tuple[int, Draft]
Result = SavedLine | RefusedLine


class Saver:
    """Gathers drafts and saves them in order.

    When the disk refuses, nothing more is tried: what was saved before is saved, and every later
    line is refused with the disk's words.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._pending: list[Numbered] = []
        self._results: list[Result] = []
        self._problem = ""

    @property
    def pending_kinds(self) -> frozenset[str]:
        """Kinds of the drafts that are not on the disk yet."""
        return frozenset(draft.kind for _line, draft in self._pending)

    def concerns(self, record: object) -> bool:
        """Whether a draft that is not on the disk yet may make or change a record (hex id)."""
        if record is None:
            return False
        named = "".join(str(record).split()).lower()
        return any(
            draft.id.hex() == named or CATALOGUE[draft.kind].opens is not None
            for _line, draft in self._pending
        )

    async def add(self, line: int, draft: Draft) -> None:
        """Save a draft soon."""
        self._pending.append((line, draft))
        if len(self._pending) >= TOGETHER:
            await self.flush()

    def refuse(self, line: int, error: ArmbandError) -> None:
        """A line that makes no draft."""
        forbidden = isinstance(error, RoleMayNot) and not self._problem
        self._results.append(RefusedLine(line, self._problem or error_words(error), forbidden))

    async def flush(self) -> None:
        """Save what is pending."""
        pending, self._pending = self._pending, []
        fresh = [numbered for numbered in pending if not await self._is_there(numbered)]
        await self._save(fresh)

    async def outcome(self) -> Outcome:
        """Save what is pending, and tell what became of everything."""
        await self.flush()
        return joined(self._results, self._problem)

    async def _is_there(self, numbered: Numbered) -> bool:
        """Whether the record says all of this already: a line that is handed over once more, or
        typed again, makes no second operation. A field in conflict is not settled before somebody
        says it, the value that shows or another."""
        line, draft = numbered
        entry = await self._terminal.entry(draft.id)
        if entry is None or entry.view.kind != draft.kind:
            return False
        wanted = {**draft.fields}
        void = wanted.pop(VOID, entry.view.void)
        stands = wanted.pop(SAME_AS, entry.view.same_as)
        same_place = not draft.unit or draft.unit == entry.view.unit
        same = all(entry.view.fields.get(name) == value for name, value in wanted.items())
        named = {*draft.fields, *((UNIT,) if draft.unit else ())}
        # The same step once more is taken where it leads on, as a second failed re-check.
        if leads_on(draft, entry.view):
            return False
        open_still = not named.isdisjoint(entry.view.conflicts)
        same_stands = (stands or "") == (entry.view.same_as or "")
        if open_still or not (same and same_place and same_stands and void == entry.view.void):
            return False
        self._results.append(SavedLine(draft.id.hex(), draft.kind, line))
        return True

    async def _save(self, drafts: Sequence[Numbered]) -> None:
        if not drafts:
            return
        if self._problem:
            self._results += [RefusedLine(line, self._problem) for line, _draft in drafts]
            return
        try:
            saved = await self._terminal.record([draft for _line, draft in drafts])
        except StoreUnusable as error:
            self._problem = str(error)
            await self._save(drafts)
        except ArmbandError as error:
            if len(drafts) == 1:
                self.refuse(drafts[0][0], error)
                return
            for numbered in drafts:
                await self._save([numbered])
        else:
            for done, (line, _draft) in zip(saved, drafts, strict=True):
                self._results.append(SavedLine(done.id.hex(), done.kind, line))


def leads_on(draft: Draft, present: View) -> bool:
    """Whether a draft takes a step, without naming its moment, from where the record stands."""
    flow = CATALOGUE[draft.kind].workflow
    step = flow.by_name.get(str(draft.fields.get(STEP))) if flow else None
    if flow is None or step is None or draft.fields.get(step.moment) is not None:
        return False
    return present.fields.get(flow.field) in step.sources
