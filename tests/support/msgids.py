"""Every message id that a person may be shown: in the terminal's code, and in the shared core."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import armband.client.i18n
from armband.shared import right
from armband.shared.errors import InvalidUnit, UnknownKind
from armband.shared.kinds import CATALOGUE
from armband.shared.right import RIGHT

CLIENT = Path(armband.client.i18n.__file__).parent.parent
SHARED = Path(right.__file__).parent
_BOUNDS = (
    right.EMPTY,
    right.ID_TAIL,
    right.TOO_LONG,
    right.TOO_MANY,
    right.TOO_SMALL,
    right.TOO_LARGE,
)
_MARKS = {"_": 1, "N_": 1, "ngettext": 2}


@cache
def in_code() -> dict[str, str]:
    """Message id to the place where it stands."""
    found: dict[str, str] = {}
    for path in sorted(CLIENT.rglob("*.py")):
        for call in ast.walk(_tree(path)):
            if isinstance(call, ast.Call):
                for text in _messages(call):
                    found.setdefault(text, f"{path.relative_to(CLIENT)}:{call.lineno}")
    return found


def _tree(path: Path) -> ast.Module:
    # CPython 3.11 loses count of its recursion when a collection runs inside the parser.
    gc.disable()
    try:
        return ast.parse(path.read_text("utf-8"))
    finally:
        gc.enable()


def _messages(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    for argument in call.args[: 1 if name in _MARKS else 0]:
        yield from _text(argument)
    if name == "Binding":
        for argument in call.args[2:3]:
            yield from _text(argument)
        for keyword in call.keywords:
            if keyword.arg == "tooltip":
                yield from _text(keyword.value)


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def in_kinds() -> dict[str, str]:
    """Label or hint to the kind and field that declares it; options apart."""
    found: dict[str, str] = {}
    for kind in CATALOGUE.values():
        for text in (kind.label, kind.plural):
            found.setdefault(text, kind.name)
        for name, declared in kind.fields.items():
            for text in (declared.label, declared.hint):
                if text:
                    found.setdefault(text, f"{kind.name}.{name}")
    return found


@cache
def in_shared() -> dict[str, str]:
    """Message id of each problem that the shared core names, to the place where it stands."""
    found: dict[str, str] = {}
    for path in sorted(SHARED.rglob("*.py")):
        tree = _tree(path)
        for node in ast.walk(tree):
            for text in _problems(node):
                found.setdefault(text, str(path.relative_to(SHARED)))
    found.update(dict.fromkeys((*RIGHT.values(), *_BOUNDS), "right.py"))
    found.update(dict.fromkeys((InvalidUnit.MESSAGE, UnknownKind.MESSAGE), "errors.py"))
    return found


def _problems(node: ast.AST) -> Iterator[str]:
    """The message of ``InvalidRecord(kind, field, "message")`` and of ``message = "…"``."""
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "message":
        yield from _text(node.value)
    if isinstance(node, ast.FunctionDef) and node.name == "_check_whole":
        for given in (found.value for found in ast.walk(node) if isinstance(found, ast.Return)):
            for problem in given.elts[1:2] if isinstance(given, ast.Tuple) else ():
                yield from _text(problem)
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "id", "")
    if name in {"InvalidRecord", "WrongStep"}:
        for argument in node.args[2:3]:
            yield from _text(argument)
    for keyword in node.keywords:
        if (name, keyword.arg) in {("Duty", "what"), ("Step", "label")}:
            yield from _text(keyword.value)
    if name == "Step":
        for argument in node.args[1:2]:
            yield from _text(argument)


def options() -> dict[str, str]:
    """Label of each option to the field that declares it."""
    return {
        option.label: f"{kind.name}.{name}"
        for kind in CATALOGUE.values()
        for name, declared in kind.fields.items()
        for option in declared.options
    }


__all__ = ["in_code", "in_kinds", "in_shared", "options"]
