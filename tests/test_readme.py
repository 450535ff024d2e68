"""The papers name commands, files and keys that exist; the README's tour runs as it stands."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from armband.client.cli.arguments import parser as terminal_parser
from armband.server.cli import VERBS, _module_of, _parser

TOP = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
PAPERS = ("README.md", "client/MANUAL.md", "client/MANUAL.zh-CN.md", "server/OPERATIONS.md")
_BLOCK = re.compile(r"^```sh[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`((?:armband|armband-server|\./scripts/\w+|scripts/\w+)(?: [^`]+)?)`")
_LINK = re.compile(r"\]\(((?!https?:)[^)#]+)\)")
_TOUR = re.compile(r"^```sh tour\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}@\S+")


def text_of(paper: str) -> str:
    return (TOP / paper).read_text(encoding="utf-8")


def commands(paper: str) -> Iterator[list[str]]:
    """Every command line in the paper's shell blocks that is one of ours, split into words."""
    for block in _BLOCK.findall(text_of(paper)):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"[|;]|&&", _without_comment(line)):
                words = shlex.split(part)
                while words and re.fullmatch(r"\w+=\S*", words[0]):
                    words.pop(0)
                if words and re.match(r"armband|\./scripts/|scripts/", words[0]):
                    yield words


def _without_comment(line: str) -> str:
    return re.sub(r"(^|\s)#.*", "", line)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_command_of_the_paper_exists(paper: str) -> None:
    found = list(commands(paper))
    assert found
    for words in found:
        check_command(words)


def check_command(words: list[str]) -> None:
    program, *rest = words
    words_of_it = [word for word in rest if word != "&"]
    if program == "armband":
        terminal_parser().parse_args(words_of_it)
    elif program == "armband-server":
        verb = words_of_it[0]
        assert verb in VERBS, f"armband-server has no {verb}"
        _parser(verb, _module_of(verb)).parse_args(words_of_it)
    else:
        script = TOP / program
        assert script.is_file(), program
        assert os.access(script, os.X_OK), program


@pytest.mark.parametrize("paper", PAPERS)
def test_commands_in_the_text_exist(paper: str) -> None:
    for said in _INLINE.findall(text_of(paper)):
        program, *rest = said.split()
        if program == "armband-server" and rest and rest[0].isalpha():
            assert rest[0] in VERBS, said
        elif program == "armband" and rest and rest[0].isalpha() and rest[0].islower():
            with pytest.raises(SystemExit) as ended:
                terminal_parser().parse_args([rest[0], "--help"])
            assert ended.value.code == 0, said
        elif "scripts/" in program:
            assert (TOP / program).exists(), said


@pytest.mark.parametrize("paper", [*PAPERS, "CHANGELOG.md"])
def test_links_lead_somewhere(paper: str) -> None:
    folder = (TOP / paper).parent
    assert not [link for link in _LINK.findall(text_of(paper)) if not (folder / link).exists()]


def test_pictures_are_as_wide_as_the_screen() -> None:
    from rich.cells import cell_len

    pictures = re.findall(r"^```\n( .*?)^```", text_of("README.md"), re.MULTILINE | re.DOTALL)
    lines = [line for picture in pictures for line in picture.splitlines()]
    assert len(pictures) >= 2
    assert max(map(cell_len, lines)) <= 80


def test_the_tour_runs_as_it_stands(tmp_path: Path) -> None:
    (tour,) = _TOUR.findall(text_of("README.md"))
    before, run, after = re.split(r"^(armband-server run.*)$", tour, flags=re.MULTILINE)
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
    environment["LANGUAGE"] = "en"

    def bash(script: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    bash(before)
    server = subprocess.Popen(
        [*shlex.split(_without_comment(run)), "--listen", "127.0.0.1:0", "--json"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["listening"]
        invite = next(line for line in after.splitlines() if " invite " in line)
        code = json.loads(bash(f"{_without_comment(invite)} --json"))["code"]
        shown = bash(_CODE.sub(f"{code} --url {url}", after))
        audit = json.loads(bash("armband-server audit --data office --json"))
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert "李雪婷" in shown
    assert audit["differences"] == []
