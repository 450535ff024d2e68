"""What the built wheel holds: the three portions, and every file that the code reads."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PORTIONS = ("client", "server", "shared")
DATA_ENDINGS = {".py", ".sql", ".tcss", ".po", ".typed", ".html", ".css", ".js"}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("dist")
    environment = {**os.environ, "PIP_NO_INDEX": "1"}
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", target],
        cwd=TOP,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_holds_every_file_of_the_three_portions(names: set[str]) -> None:
    for portion in PORTIONS:
        folder = TOP / portion
        here = {
            path.relative_to(folder).as_posix()
            for path in (folder / "armband").rglob("*")
            if path.suffix in DATA_ENDINGS and "__pycache__" not in path.parts
        }
        assert here
        assert here <= names


@pytest.mark.parametrize("portion", PORTIONS)
def test_each_portion_is_typed(names: set[str], portion: str) -> None:
    assert f"armband/{portion}/py.typed" in names


def test_it_holds_schemas_styles_and_the_catalogue(names: set[str]) -> None:
    for ending in (".sql", ".tcss", ".po"):
        assert any(name.endswith(ending) for name in names), ending


def test_it_holds_nothing_else(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"armband"}
    assert "armband/__init__.py" not in names
