"""A plan into the office, chunk by chunk, and the report of what became of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from armband.server.imports.plan import Outcome, Plan, PlannedRow
from armband.shared.drafts import Draft

CHUNK_DRAFTS = 1000
"""Records sent at once; the office commits each chunk as a whole. Ids are natural: an import that
broke off is completed by running it again."""
_REFUSED = "refused"
_KEPT = "; kept: "

Progress = Callable[[int, int], None]
"""Rows done, rows in all."""


class Office(Protocol):
    """What an import needs of an office."""

    async def upsert(self, drafts: Sequence[Draft], *, dry_run: bool) -> list[str]:
        """Per draft ``new``, ``changed``, ``unchanged`` or ``refused: why``.

        ``; kept: field,field`` follows where fields put right by hand were left as they are.
        """
        ...


class Line(msgspec.Struct, frozen=True):
    """A row that somebody should look at; ``row`` counts from 1, as in the file."""

    sheet: str
    row: int
    outcome: str
    reason: str


class Report(msgspec.Struct):
    """The JSON of ``armband-server import``.

    ``rows`` = imported + unchanged + repeated + refused; a warned row is counted as what became of
    it and in ``warned`` too.
    """

    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    warned: int = 0
    repeated: int = 0
    refused: int = 0
    lines: list[Line] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)

    def add(self, row: PlannedRow, outcome: Outcome, reason: str, kept: Sequence[str]) -> None:
        """Count a row; ``kept`` are fields that were put right by hand and stay so."""
        warnings = list(row.warnings)
        if kept:
            warnings.append(f"put right by hand since, kept as it is: {', '.join(kept)}")
        self.rows += 1
        match outcome:
            case Outcome.IMPORTED:
                self.imported += 1
            case Outcome.UNCHANGED:
                self.unchanged += 1
            case Outcome.REPEATED:
                self.repeated += 1
            case _:
                self.refused += 1
        if outcome in (Outcome.REPEATED, Outcome.REFUSED):
            self.lines.append(Line(row.sheet, row.number, outcome.value, reason))
        elif warnings:
            self.warned += 1
            text = "; ".join(warnings)
            self.lines.append(Line(row.sheet, row.number, Outcome.WARNED.value, text))


async def run_plan(
    plan: Plan, office: Office, *, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Send a plan to the office; with ``dry_run`` nothing is kept and the report is the same."""
    report = Report(notes=list(plan.notes))
    refused, made = await _share(plan, office, dry_run)
    outcomes: dict[int, tuple[Outcome, str]] = {}
    kept: dict[int, list[str]] = {}
    done = 0
    for chunk in _chunks(plan.rows):
        drafts: list[Draft] = []
        owners: list[int] = []
        for row in chunk:
            outcomes[id(row)] = _before(row, refused)
            if outcomes[id(row)][0] is Outcome.UNCHANGED:
                drafts.extend(row.drafts)
                owners.extend([id(row)] * len(row.drafts))
        answers = await office.upsert(drafts, dry_run=dry_run) if drafts else []
        for owner, draft, answer in zip(owners, drafts, answers, strict=True):
            # A row's unit that others hang on has come in before the row itself.
            verdict, _, names = answer.partition(_KEPT)
            own = "new" if draft.id in made and not answer.startswith(_REFUSED) else verdict
            outcomes[owner] = _after(outcomes[owner], own)
            if names:
                kept.setdefault(owner, []).extend(f"{draft.kind}.{n}" for n in names.split(","))
        done += len(chunk)
        if progress is not None:
            progress(done, len(plan.rows))
    for row in plan.rows:
        report.add(row, *outcomes[id(row)], kept.get(id(row), ()))
    return report


async def _share(
    plan: Plan, office: Office, dry_run: bool
) -> tuple[dict[bytes, str], frozenset[bytes]]:
    """Bring the shared records in; those that were refused, with the reason, and the new ones."""
    needed = {record for row in plan.rows for record in row.needs}
    shared = [draft for draft in plan.shared.values() if draft.id in needed]
    refused: dict[bytes, str] = {}
    made: set[bytes] = set()
    for start in range(0, len(shared), CHUNK_DRAFTS):
        chunk = shared[start : start + CHUNK_DRAFTS]
        answers = await office.upsert(chunk, dry_run=dry_run)
        for draft, answer in zip(chunk, answers, strict=True):
            if answer.startswith(_REFUSED):
                refused[draft.id] = f"{draft.kind} {draft.unit}: {_reason_in(answer)}"
            elif answer.partition(_KEPT)[0] in ("new", "changed"):
                made.add(draft.id)
    return refused, frozenset(made)


def _before(row: PlannedRow, refused: dict[bytes, str]) -> tuple[Outcome, str]:
    """The outcome before its records are sent: UNCHANGED when they are to be sent."""
    if row.stopped is not None:
        return row.stopped, row.reason
    for record in row.needs:
        if record in refused:
            return Outcome.REFUSED, refused[record]
    return Outcome.UNCHANGED, ""


def _after(known: tuple[Outcome, str], answer: str) -> tuple[Outcome, str]:
    """The outcome with one more record's answer: refused outweighs imported, that unchanged."""
    if known[0] is Outcome.REFUSED:
        return known
    if answer.startswith(_REFUSED):
        return Outcome.REFUSED, _reason_in(answer)
    return (Outcome.IMPORTED, "") if answer in ("new", "changed") else known


def _reason_in(answer: str) -> str:
    return answer.removeprefix(_REFUSED).lstrip(": ") or "the office refused it"


def _chunks(rows: Iterable[PlannedRow]) -> Iterable[list[PlannedRow]]:
    """Rows whose records fit into one chunk; a row's records are never parted."""
    chunk: list[PlannedRow] = []
    drafts = 0
    for row in rows:
        if chunk and drafts + len(row.drafts) > CHUNK_DRAFTS:
            yield chunk
            chunk, drafts = [], 0
        chunk.append(row)
        drafts += len(row.drafts)
    if chunk:
        yield chunk
