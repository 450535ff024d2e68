"""A file's bytes into a plan: the whole pure part of an import in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from armband.server.imports.headmap import load_map
from armband.server.imports.heads import (
    HOUSEHOLDS,
    RESIDENTS,
    RETURNEES,
    STAFF,
    UNITS,
    HeadBook,
)
from armband.server.imports.households import Posts, plan_households
from armband.server.imports.plan import Plan
from armband.server.imports.reader import Book, read_book
from armband.server.imports.residents import plan_residents
from armband.server.imports.returnees import Ruling, plan_returnees
from armband.server.imports.staff import plan_staff
from armband.server.imports.table import registers_in
from armband.server.imports.tree import UnitTree
from armband.server.imports.units import plan_units
from armband.server.imports.values import IdHasher
from armband.shared.wire import UnitName

_BOOKS = {book.what: book for book in (UNITS, HOUSEHOLDS, RESIDENTS, STAFF, RETURNEES)}
TYPES = tuple(_BOOKS)
"""What can be imported, as on the command line."""


@dataclass(frozen=True, slots=True)
class Source:
    """A register read into cells, with the heads to understand it by."""

    what: str
    book: Book
    heads: HeadBook


@dataclass(frozen=True, slots=True)
class Target:
    """The office that a register is read for.

    Attributes:
        office: its code.
        units: the units that it has.
        under: code of the unit below which the file's units hang.
        hasher: hashes an ID number under the office's key.
        posts: staff id to posts on record.
        moved: see `moved.Moved.records`.
        ruling: what is ordered for returnees.
    """

    office: str
    units: Iterable[UnitName]
    under: str
    hasher: IdHasher
    posts: Posts
    moved: Mapping[bytes, bytes] = field(default_factory=dict)
    ruling: Ruling = field(default_factory=Ruling)


def read_source(what: str, path: Path, map_path: Path | None = None) -> Source:
    """Read a file, before any office is asked.

    Raises:
        ImportProblem: unreadable, or the file of ``--map`` is wrong.
    """
    heads = _BOOKS[what]
    if map_path is not None:
        heads = load_map(map_path, heads)
    return Source(what, read_book(path), heads)


def make_plan(source: Source, target: Target) -> Plan:
    """What the register asks of the office.

    Raises:
        ImportProblem: unknown heads, or no such unit.
    """
    registers = registers_in(source.book, source.heads)
    tree = UnitTree(target.office, target.units, target.moved)
    base = tree.check_under(target.under)
    match source.what:
        case "units":
            return plan_units(registers, tree, base)
        case "households":
            return plan_households(registers, tree, base, target.hasher, target.posts)
        case "residents":
            return plan_residents(registers, tree, base, target.hasher)
        case "returnees":
            return plan_returnees(registers, tree, base, target.hasher, target.ruling)
        case _:
            return plan_staff(registers, tree, base, target.posts)
