"""House rules that no linter knows, over every file that is or would be committed."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
AT_THE_TOP = {
    *("client", "server", "shared", "tests", "scripts"),
    *("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"),
}
NEVER_COMMITTED = {"uv.lock", "pylock.toml"}
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400
LONGER_FOR_A_REASON = {
    "shared/armband/shared/wire.py": "the wire has one definition, read from top to bottom",
    "scripts/mutant_list.py": "a table of planted bugs, one entry each",
}

# Who may read a clock, wait in a thread, or draw lots. The rest gets an Environment.
PROGRAMS = ("client/armband/client/", "server/armband/server/", "shared/armband/shared/")
ENTRIES = (
    "client/armband/client/cli/",
    "client/armband/client/world.py",
    "server/armband/server/cli/",
)
BANNED_CALLS = {
    "time.sleep": "wait on the event loop, whose time the simulator owns",
    "time.time": "Environment.now_ms",
    "time.time_ns": "Environment.now_ms",
    "time.monotonic": "the running loop's time()",
    "datetime.now": "Environment.now_ms",
    "datetime.today": "Environment.now_ms",
    "date.today": "Environment.now_ms",
    "os.urandom": "Environment.random_bytes",
    "random.*": "Environment.random_bytes",
    "secrets.*": "Environment.random_bytes",
    "uuid.*": "ids.new_record_id",
    "print": "return it, or write it in cli",
}
# A simulator and fault rigs decide when something happens; they do not wait for it.
WAITS = ("tests/support/waiting.py", "tests/sim/", "tests/faults/", "tests/abuse/hostile.py")
# In two parts, so that this file does not name them itself.
REGISTRY_HOSTS = [f"{name}.{end}" for name, end in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"),
    ("crates", "io"), ("golang", "org"),
)]  # fmt: skip
HOME_PATH = re.compile(r"(?<![\w.~-])/(?:root|work|home|Users)/[\w.-]+")
SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:)(?P<rest>.*)")
WITH_REASON = re.compile(r":?\s*(?:\[[\w, -]+\]|[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)\W+\w+\W+\w+")


@cache
def files() -> tuple[str, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return tuple(sorted(name for name in names if name and (TOP / name).is_file()))


@cache
def text_of(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")


@cache
def tree_of(name: str) -> tuple[ast.AST, ...]:
    """All nodes of a file, parsed once for all rules."""
    return tuple(ast.walk(ast.parse(text_of(name))))


def texts() -> Iterator[tuple[str, str]]:
    for name in files():
        try:
            yield name, text_of(name)
        except UnicodeDecodeError:
            continue


def python_files(*folders: str) -> list[str]:
    return [name for name in files() if name.endswith(".py") and name.startswith(folders or "")]


def test_only_what_belongs_there_stands_at_the_top() -> None:
    tops = {name.split("/")[0] for name in files()}
    assert {name for name in tops if not name.startswith(".")} <= AT_THE_TOP
    assert not tops & NEVER_COMMITTED


def test_the_namespace_has_no_init() -> None:
    assert not [name for name in files() if re.fullmatch(r"\w+/armband/__init__\.py", name)]


def test_tests_have_no_init() -> None:
    assert not [name for name in python_files("tests/") if name.endswith("__init__.py")]


def test_files_are_short() -> None:
    long = {
        name: text_of(name).count("\n")
        for name in python_files()
        if name not in LONGER_FOR_A_REASON and text_of(name).count("\n") > FILE_LINES_MAX
    }
    assert not long


def test_functions_are_short() -> None:
    long = []
    for name in python_files():
        for node in tree_of(name):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long.append(f"{name}:{node.lineno} {node.name} has {lines} lines")
    assert not long


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@cache
def calls(name: str) -> tuple[tuple[int, str], ...]:
    nodes = (node for node in tree_of(name) if isinstance(node, ast.Call))
    return tuple((node.lineno, dotted(node.func)) for node in nodes if not gives_way(node))


def gives_way(call: ast.Call) -> bool:
    """Whether it is ``asyncio.sleep(0)``: one turn for the others, no time."""
    is_sleep = dotted(call.func) == "asyncio.sleep"
    return is_sleep and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


def banned(call: str) -> str:
    parts = call.split(".")
    if len(parts) > 1 and f"{parts[-2]}.*" in BANNED_CALLS:
        return BANNED_CALLS[f"{parts[-2]}.*"]
    return BANNED_CALLS.get(".".join(parts[-2:]), "")


def test_clocks_and_randomness_come_from_the_entries() -> None:
    found = [
        f"{name}:{line} {call}: use {banned(call)}"
        for name in python_files(*PROGRAMS)
        if not name.startswith(ENTRIES)
        for line, call in calls(name)
        if banned(call)
    ]
    assert not found


def test_nobody_sleeps() -> None:
    """In the programs nothing blocks the loop; in tests every wait has a name and a deadline."""
    threads = [f"{n}:{line}" for n in python_files() for line, c in calls(n) if c == "time.sleep"]
    pauses = [
        f"{name}:{line}"
        for name in python_files("tests/")
        if not name.startswith(WAITS)
        for line, call in calls(name)
        if call == "asyncio.sleep"
    ]
    assert not threads
    assert not pauses


def test_every_suppression_says_why() -> None:
    bare = [
        f"{name}:{number} {line.strip()}"
        for name in python_files()
        for number, line in enumerate(text_of(name).splitlines(), 1)
        if (found := SUPPRESSION.search(line)) and not WITH_REASON.match(found["rest"])
        if "re.compile" not in line
    ]
    assert not bare


def test_statements_have_no_numbered_placeholders() -> None:
    """Python 3.12 warns of ``?1`` with a tuple; ``?``, or ``:name`` with a dict, work."""
    numbered = [
        f"{name}:{node.lineno}"
        for name in python_files(*PROGRAMS)
        if "/store/" in name
        for node in tree_of(name)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\?[1-9]", node.value)
    ]
    assert not numbered


def test_no_registry_is_named() -> None:
    found = [f"{name}: {host}" for name, text in texts() for host in REGISTRY_HOSTS if host in text]
    assert not found


def test_no_path_of_somebodys_machine() -> None:
    found = [
        f"{name}: {match.group()}" for name, text in texts() for match in HOME_PATH.finditer(text)
    ]
    assert not found


@pytest.mark.parametrize("lock", ["scripts/requirements.lock", "scripts/requirements-dev.lock"])
def test_locks_pin_every_direct_dependency_by_hash(lock: str) -> None:
    text = text_of(lock)
    assert "://" not in text
    pinned = {match.lower() for match in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    assert text.count("--hash=sha256:") >= len(pinned)
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["build"], *extras["fast"]]
    if "dev" in lock:
        wanted += extras["dev"]
    names = {re.split(r"[^\w.-]", line)[0].lower() for line in wanted}
    assert names <= pinned


def test_both_locks_pin_the_same_versions() -> None:
    run, dev = (
        set(re.findall(r"^([\w.-]+==\S+)", text_of(f"scripts/{lock}"), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert run <= dev
