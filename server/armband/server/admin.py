"""Every administration verb over an open office, however the command got at it.

A verb takes and gives what MessagePack carries. Its arguments are the fields of its Struct in
`admin_args`, by name; what it gives is said in the method's docstring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from armband.server.admin_args import (
    MAX_ROLLUP_DAYS,
    AssignArgs,
    ExportedArgs,
    FreezeArgs,
    InviteArgs,
    LogArgs,
    NoArgs,
    PolicyArgs,
    QuarantineArgs,
    RecordsArgs,
    ReportArgs,
    RevokeArgs,
    RollupArgs,
    StableArgs,
    TakeArgs,
    TokenArgs,
    UpsertArgs,
)
from armband.server.audit_log import LogRow
from armband.server.board.gather import BoardArgs, BoardRoom
from armband.server.board.model import Board
from armband.server.errors import BadRequest, NotFound, UnknownUnit
from armband.server.model import RecordsPage, Terminal
from armband.server.office import Office
from armband.server.reports.day import day_report, freeze_day
from armband.server.reports.model import DayReport
from armband.server.retention import Kept
from armband.server.taking import Taken, take
from armband.shared.days import add_days, is_day
from armband.shared.environment import Environment
from armband.shared.permissions import Role
from armband.shared.rollup_report import AsOf, RollupReport, build_report
from armband.shared.units import check_unit, is_within, unit_order
from armband.shared.wire import UnitName

Progress = Callable[[int, int], None]
OF_NO_PERSON = ("unit", "checkpoint")
"""Kinds whose records name places alone: reading them is no reading of people."""
MAX_LOG_PAGE = 10_000
MAX_VERSIONS = 100
"""Of the settings, in one answer."""


class Admin:
    """The verbs of one office."""

    def __init__(self, office: Office, environment: Environment) -> None:
        self._office = office
        self._environment = environment
        self._board_room = BoardRoom(office, environment)
        self._verbs: Mapping[str, tuple[type[msgspec.Struct], Callable[[Any], Awaitable[Any]]]] = {
            "office": (NoArgs, self._about),
            "units": (NoArgs, self._units),
            "upsert": (UpsertArgs, self._upsert),
            "records": (RecordsArgs, self._records),
            "rollup": (RollupArgs, self._rollup),
            "board": (BoardArgs, self._board),
            "report": (ReportArgs, self._report),
            "freeze": (FreezeArgs, self._freeze),
            "audit": (NoArgs, self._audit),
            "log": (LogArgs, self._log),
            "exported": (ExportedArgs, self._exported),
            "terminals": (NoArgs, self._terminals),
            "quarantine": (QuarantineArgs, self._quarantine),
            "invite": (InviteArgs, self._invite),
            "token": (TokenArgs, self._token),
            "revoke": (RevokeArgs, self._revoke),
            "assign": (AssignArgs, self._assign),
            "take": (TakeArgs, self._take),
            "stable": (StableArgs, self._stable),
            "retention": (NoArgs, self._retention),
            "policy": (NoArgs, self._policy),
            "set_policy": (PolicyArgs, self._set_policy),
        }

    async def call(
        self, verb: str, args: Mapping[str, Any], _progress: Progress | None = None
    ) -> Any:
        """Run a verb.

        Raises:
            BadRequest: there is no such verb, or it takes other arguments.
            InvalidUnit: an argument is no unit code.
            NotFound: what an argument names does not exist.
            UnknownUnit: an argument names a unit that the office does not have.
            OfficeCannotWrite: the disk refuses.
        """
        if verb not in self._verbs:
            known = ", ".join(sorted(self._verbs))
            raise BadRequest(f"no verb is called {verb!r}; there are {known}")
        form, run = self._verbs[verb]
        try:
            parsed = msgspec.convert(args, form)
        except msgspec.ValidationError as error:
            raise BadRequest(f"{verb}: {error}") from None
        return await run(parsed)

    async def _about(self, _args: NoArgs) -> dict[str, Any]:
        """``{office, name, policy, seq, stable_seq, today, writable, reason}``."""
        office = self._office
        return {
            "office": office.code,
            "name": office.name,
            "policy": office.policy,
            "seq": office.seq,
            "stable_seq": office.stable_seq,
            "today": office.today,
            "writable": office.writable,
            "reason": office.reason,
        }

    async def _units(self, _args: NoArgs) -> list[UnitName]:
        """All named units, by code."""
        units = self._office.units
        return [units[code] for code in sorted(units, key=unit_order)]

    async def _upsert(self, args: UpsertArgs) -> list[str]:
        """One outcome for each draft: ``new``, ``changed``, ``unchanged``, ``refused: why``."""
        outcomes = await self._office.upsert(
            args.drafts, args.author, args.dry_run, decided=args.decided
        )
        if not args.dry_run:
            kinds = ", ".join(sorted({draft.kind for draft in args.drafts}))
            counts = Counter(outcome.partition(":")[0] for outcome in outcomes)
            await self._office.log("upsert", kinds, dict(sorted(counts.items())))
        return outcomes

    async def _records(self, args: RecordsArgs) -> RecordsPage:
        """``{views, after}``; ``after`` is None on the last page."""
        unit = self._unit(args.unit)
        page = await self._office.records_page(args.kind, unit, args.after, args.limit)
        if args.kind not in OF_NO_PERSON:
            # Before the answer leaves: what cannot be logged is not read.
            await self._office.log("read", f"{args.kind} unit {unit}", {"rows": len(page.views)})
        return page

    async def _rollup(self, args: RollupArgs) -> RollupReport:
        """The report of design section 12."""
        unit = self._unit(args.unit)
        days = self._days(args)
        cells = await self._office.rollup_cells(unit, args.depth, days[0], days[-1])
        return build_report(
            self._office.code,
            unit,
            AsOf(cells.seq, cells.at_ms),
            days,
            args.depth,
            {name.code: (name.name, name.level) for name in cells.units},
            cells.cells,
            cells.coverage,
        )

    def _days(self, args: RollupArgs) -> list[str]:
        last = args.day_to or args.day_from or self._office.today
        first = args.day_from or last
        for day in (first, last):
            if not is_day(day):
                raise BadRequest(f"{day!r} is no day; write it as {self._office.today}")
        days = [first]
        while days[-1] < last and len(days) <= MAX_ROLLUP_DAYS:
            days.append(add_days(days[-1], 1))
        if days[-1] != last:
            raise BadRequest(f"{first} to {last} are not 1 to {MAX_ROLLUP_DAYS} days")
        return days

    async def _board(self, args: BoardArgs) -> Board:
        """All that a live board shows of a unit, of no person."""
        return await self._board_room.board(self._known_unit(args.unit), args.silent_after_ms)

    async def _report(self, args: ReportArgs) -> DayReport:
        """A unit's day, frozen or not."""
        day = args.day or self._office.today
        return await day_report(self._office, self._known_unit(args.unit), day)

    async def _freeze(self, args: FreezeArgs) -> DayReport:
        """The same, with the figures fixed."""
        day = args.day or self._office.today
        unit = self._known_unit(args.unit)
        return await freeze_day(self._office, unit, day, args.author, again=args.again)

    async def _audit(self, _args: NoArgs) -> dict[str, Any]:
        """``{records, cells, operations, differences}``."""
        report = await self._office.audit()
        return {
            "records": report.records,
            "cells": report.cells,
            "operations": report.operations,
            "differences": report.differences,
        }

    async def _retention(self, _args: NoArgs) -> list[Kept]:
        """What there is of each kind, and how much of it is past its term."""
        return await self._office.kept(self._office.today, self._office.policy)

    async def _log(self, args: LogArgs) -> list[LogRow]:
        """A page of the audit log; an empty one is after its end."""
        return await self._office.logged(args.after, MAX_LOG_PAGE)

    async def _exported(self, args: ExportedArgs) -> None:
        """Note that records were written out."""
        await self._office.log("export", f"{args.kind} unit {args.unit}", {"rows": args.rows})

    async def _terminals(self, _args: NoArgs) -> list[dict[str, Any]]:
        """All terminals, revoked ones too, by name.

        ``forks``: its file was cloned or restored; ``epochs_refused``: how often it claimed that
        the office has lost history, beyond what one terminal is believed.
        """
        forks = await self._office.forks()
        refused = self._office.epochs_refused
        return [
            {
                **_shown(terminal),
                "forks": forks.get(terminal.key_id, 0),
                "epochs_refused": refused.get(terminal.key_id, 0),
            }
            for terminal in await self._office.terminals()
        ]

    async def _quarantine(self, args: QuarantineArgs) -> list[dict[str, Any]]:
        """``[{id, terminal, counter, reason, detail, received_ms}]``, the newest first."""
        names = {found.key_id: found.name for found in await self._office.terminals()}
        return [
            {
                "id": kept.id.hex(),
                "terminal": names.get(kept.key_id, kept.key_id.hex()),
                "counter": kept.counter,
                "reason": kept.reason,
                "detail": kept.detail,
                "received_ms": kept.received_ms,
            }
            for kept in await self._office.quarantine(args.limit)
        ]

    async def _invite(self, args: InviteArgs) -> dict[str, Any]:
        """``{code, expires, unit, role}``; ``expires`` in UTC milliseconds."""
        if args.role is Role.SCRIPT:
            raise BadRequest("a script gets a token, no enrolment code")
        unit = self._known_unit(args.unit)
        expires_ms = self._environment.now_ms() + args.valid_ms
        code = await self._office.create_invite(unit, args.role, args.name, expires_ms)
        return {"code": code, "expires": expires_ms, "unit": unit, "role": args.role.value}

    async def _token(self, args: TokenArgs) -> dict[str, Any]:
        """``{id, secret, expires, unit}``; `tokens.token_text` makes one word of it."""
        unit = self._known_unit(args.unit)
        expires_ms = self._environment.now_ms() + args.valid_ms
        token_id, secret = await self._office.create_token(unit, expires_ms)
        return {"id": token_id, "secret": secret, "expires": expires_ms, "unit": unit}

    async def _revoke(self, args: RevokeArgs) -> dict[str, Any]:
        """The terminal as `terminals` lists it, without its forks and refused epochs."""
        terminal = await self._terminal(args.id)
        return _shown(await self._office.revoke(terminal.key_id))

    async def _assign(self, args: AssignArgs) -> dict[str, Any]:
        """The terminal with its new scope; its connection begins anew."""
        terminal = await self._terminal(args.id)
        scope = tuple(dict.fromkeys(self._known_unit(code) for code in args.scope))
        assigned = await self._office.assign(terminal.key_id, terminal.role, scope)
        subject = f"terminal {terminal.key_id.hex()}"
        await self._office.log("assign", subject, {"scope": " ".join(scope)})
        return _shown(assigned)

    async def _terminal(self, wanted: str) -> Terminal:
        for terminal in await self._office.terminals():
            if wanted.lower() in (terminal.name.lower(), terminal.key_id.hex()):
                return terminal
        raise NotFound(f"no terminal is called {wanted!r}; armband-server terminals lists them")

    async def _policy(self, _args: NoArgs) -> dict[str, Any]:
        """``{policy, versions}``; of the versions the newest ones."""
        versions = await self._office.settings(MAX_VERSIONS)
        return {"policy": self._office.policy, "versions": versions}

    async def _set_policy(self, args: PolicyArgs) -> dict[str, Any]:
        """``{policy}``, with the version that it has now."""
        policy = await self._office.set_policy(args.policy, args.author, args.version)
        return {"policy": policy}

    async def _stable(self, args: StableArgs) -> dict[str, Any]:
        """``{stable_seq}``: up to here a verified backup holds the history."""
        stable_seq = await self._office.mark_stable(args.seq, args.hist)
        await self._office.log("backup", f"up to {args.seq}", {"stable_seq": stable_seq})
        return {"stable_seq": stable_seq}

    async def _take(self, args: TakeArgs) -> Taken:
        """What became of a file of unsent work; see `taking.Taken`."""
        taken = await take(self._office, args.content)
        await self._office.log("take", f"{len(args.content)} bytes", {})
        return taken

    def _unit(self, code: str) -> str:
        """A unit of this office; the office itself for ``""``."""
        if not code:
            return self._office.code
        if not is_within(check_unit(code), self._office.code):
            raise UnknownUnit(f"{code} is no unit of the office {self._office.code}")
        return code

    def _known_unit(self, code: str) -> str:
        """A unit that is named, or above one that is: a typing mistake must not get a terminal."""
        unit = self._unit(code)
        if not any(is_within(known, unit) for known in self._office.units):
            raise UnknownUnit(
                f"the office has no unit {unit}; armband-server import units makes them"
            )
        return unit


def _shown(terminal: Terminal) -> dict[str, Any]:
    """A terminal as commands print it; times in UTC milliseconds."""
    return {
        "terminal": terminal.name,
        "id": terminal.key_id.hex(),
        "person": terminal.person,
        "role": terminal.role.value,
        "scope": list(terminal.scope),
        "enrolled": terminal.enrolled_ms,
        "revoked": terminal.revoked_ms,
        "last_seen": terminal.last_seen_ms,
        "software": terminal.software,
        "clock_offset_ms": terminal.clock_offset_ms,
        "written": terminal.written,
        "waiting": terminal.waiting,
        "refused": terminal.refused,
        "conflicts": terminal.conflicts,
    }
