"""What the programs never do: run text as code, start a shell, put a value into a statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path for part in ("client", "server", "shared") for path in (TOP / part).rglob("*.py")
)
NEVER_IMPORTED = {"pickle", "marshal", "shelve", "dill", "subprocess", "ctypes", "code", "runpy"}
NEVER_CALLED = {"eval", "exec", "compile", "__import__"}
NEVER_METHODS = {
    ("os", "system"),
    ("os", "popen"),
    ("os", "execv"),
    ("asyncio", "create_subprocess_shell"),
}
MAY_IMPORT = {
    "server/armband/server/cli/memory.py": "ctypes",  # the C library's own settings
    "server/armband/server/imports/extent.py": "subprocess",  # this Python, a list of words
}
STATEMENTS = {"execute", "executemany", "executescript"}
SPLICED: dict[str, str] = {
    "mark": "one of two names in a tuple of the function itself",
    "number": "formatted as an integer",
    "mode": "IMMEDIATE or DEFERRED, from the two callers",
    "table": "the name of a table, from a constant tuple or from the schema's own list",
    "where": "conditions put together from fixed pieces, their values are parameters",
    "order": "ASC or DESC",
    "rest": "an order or a counter, from the two callers in salvage",
    "_as_raw": "hex digits of a key",
}
"""What stands between braces in a statement, and why it cannot be a text from outside."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in SOURCES:
        yield path.relative_to(TOP).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def called(node: ast.Call) -> tuple[str, str]:
    match node.func:
        case ast.Name(id=name):
            return "", name
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return owner, name
        case ast.Attribute(attr=name):
            return "?", name
    return "?", "?"


def forbidden(file: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [(node.module or "").partition(".")[0]]
        for name in names:
            if name in NEVER_IMPORTED and MAY_IMPORT.get(file) != name:
                line = getattr(node, "lineno", 0)
                yield f"{file}:{line} imports {name}"
        if isinstance(node, ast.Call):
            owner, name = called(node)
            if (not owner and name in NEVER_CALLED) or (owner, name) in NEVER_METHODS:
                yield f"{file}:{node.lineno} calls {name}"
            shell = [word.value for word in node.keywords if word.arg == "shell"]
            if shell:
                yield f"{file}:{node.lineno} starts a shell"


def is_constant(value: ast.expr) -> bool:
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.isupper() or name.lstrip("_").isupper() or name in SPLICED
        case ast.Call():
            return called(value)[1] in {"marks", *SPLICED}
    return False


def spliced(file: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or called(node)[1] not in STATEMENTS or not node.args:
            continue
        for part in ast.walk(node.args[0]):
            if isinstance(part, ast.FormattedValue) and not is_constant(part.value):
                yield f"{file}:{part.lineno} puts {ast.unparse(part.value)} into a statement"
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod):
                yield f"{file}:{part.lineno} formats a statement"
            if isinstance(part, ast.Call) and called(part)[1] == "format":
                yield f"{file}:{part.lineno} formats a statement"


def test_no_text_is_run() -> None:
    assert [line for file, tree in trees() for line in forbidden(file, tree)] == []


def test_no_identifier_is_put_into_a_statement() -> None:
    assert [line for file, tree in trees() for line in spliced(file, tree)] == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from subprocess import run", "eval(x)", "os.system(x)", "f(shell=True)",
        "conn.execute(f'SELECT {name}')", "conn.execute('SELECT %s' % name)",
        "conn.execute('SELECT {}'.format(name))", "conn.executemany(f'{row[0]}', [])",
    ],
)  # fmt: skip
def test_each_is_seen(source: str) -> None:
    tree = ast.parse(source)
    assert [*forbidden("planted.py", tree), *spliced("planted.py", tree)]
