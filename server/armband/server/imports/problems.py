"""What stops a whole import.

    ImportProblem
    ├── UnreadableFile   the bytes are no spreadsheet, or a damaged or protected one
    ├── UnknownHeads     no head row with the columns that are needed
    └── BadMap           the file given with --map does not say what it should

What is wrong with one row stops only that row: see `plan.Outcome`.
"""

from __future__ import annotations

from armband.shared.errors import ArmbandError


class ImportProblem(ArmbandError):
    """A file cannot be imported at all; the text says why and what would be right."""


class UnreadableFile(ImportProblem):
    """The bytes are no spreadsheet, or a damaged or protected one."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name
        self.problem = problem


class UnknownHeads(ImportProblem):
    """No head row with the columns that are needed."""


class BadMap(ImportProblem):
    """The file given with --map does not say what it should."""
