"""The security chapter of OPERATIONS.md: threats name tests that exist, limits their values."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from armband.server import bounds
from armband.shared import limits

TOP = Path(__file__).parents[1]
PAGE = (TOP / "server" / "OPERATIONS.md").read_text("utf-8")
CHAPTER = PAGE.split("\n## Security\n")[1].split("\n## ")[0]
THREATS = [line for line in CHAPTER.splitlines() if line.startswith("|") and "::" in line]
NAMED = re.compile(r"`([\w/.]+\.py)::(\w+)`")
LEAST_THREATS = 25


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((TOP / path).read_text("utf-8"))
    defined = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, defined))


def test_every_row_of_the_threats_has_all_four_parts() -> None:
    lines = CHAPTER.split("| asset |")[1].split("\n\n")[0].splitlines()[2:]
    assert lines == THREATS, "a row names no test"
    assert len(THREATS) >= LEAST_THREATS
    for row in THREATS:
        parts = [part.strip() for part in row.strip("|").split("|")]
        assert len(parts) == 4, row
        assert all(parts), row


@pytest.mark.parametrize("row", THREATS, ids=lambda row: row.split("|")[2].strip())
def test_every_test_that_a_threat_names_is_there(row: str) -> None:
    named = NAMED.findall(row.rpartition(" | ")[2])
    assert named
    for path, name in named:
        assert name.startswith("test_")
        assert name in names_in(path), f"{path} has no {name}"


def test_every_limit_stands_there_with_its_value() -> None:
    for module in (limits, bounds):
        for name in (name for name in dir(module) if name.isupper()):
            line = next((x for x in CHAPTER.splitlines() if f"`{name}`" in x), "")
            value = getattr(module, name)
            words = re.escape(str(int(value)) if value == int(value) else str(value))
            assert re.search(rf"(?<![\d.]){words}(?![\d.])", line), f"{name} = {value}"
