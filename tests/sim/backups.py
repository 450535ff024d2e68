"""The office's backups in a simulation, made and put back by the product, and what they promise.

The copies that `OfficeMachine.back_up` keeps are somebody's own, of which the office knows nothing:
putting one back may lose what only a newer backup holds.
"""

from __future__ import annotations

import random
import sqlite3
import zipfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from armband.server.backup import Backup, write_backup
from armband.server.restore import restore_backup
from armband.server.store.copies import copy_store
from sim.names import OFFICE

STORE = "office.db"
_OPS = (
    "SELECT id, payload FROM ops WHERE office = :office "
    "UNION ALL SELECT id, payload FROM quarantine WHERE office = :office"
)


class Backups:
    """The backups of one office, the newest of which counts.

    Attributes:
        stable: operations that the newest backup holds, of the history that the office has now.
        ever: operations that some backup has held: terminals may have dropped them.
        given_up: of these, what was lost when something older than the newest backup was put back.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._newest: Backup | None = None
        self._made = 0
        self.stable: set[bytes] = set()
        self.ever: set[bytes] = set()
        self.given_up: set[bytes] = set()

    def make(self, now_ms: int, damage: random.Random | None = None) -> Backup:
        """Back the office up; with ``damage`` the disk spoils the copy.

        Raises:
            BackupUnsound: the product has noticed it.
        """
        self._made += 1
        file = self._folder / f"backup-{self._made}"

        def spoiled(source: Path, target: Path) -> None:
            copy_store(source, target)
            if damage is not None:
                spoil(target, damage)

        made = write_backup(self._folder, file, now_ms, spoiled)
        held = self._held_by(file)
        self._newest = made
        self.stable |= held
        self.ever |= held
        return made

    def _held_by(self, file: Path) -> set[bytes]:
        """Operations that stand in a backup as they stand at the office."""
        target = self._folder / "looked-at"
        with zipfile.ZipFile(file) as packed:
            target.write_bytes(packed.read(STORE))
        return {op for op, _said in _operations(target) & _operations(self._folder / STORE)}

    def put_back(self, epoch: bytes, now_ms: int) -> bool | None:
        """Put the newest back, while the office is down.

        Returns:
            Whether it was of the history that the office had; None without any.
        """
        if self._newest is None:
            return None
        row = self._newest.office
        with closing(sqlite3.connect(self._folder / STORE)) as held:
            found = held.execute(
                "SELECT hist FROM ops WHERE office = ? AND seq = ?", (OFFICE, row.seq)
            ).fetchone()
        restore_backup(self._folder, self._newest.file, epoch, now_ms)
        return found is not None and found[0] == row.hist

    def restored(self, there: set[bytes], *, keeps_promise: bool) -> Iterable[str]:
        """The office has an older store: what it lacks of what was called backed up."""
        lost = self.stable - there
        self.stable &= there
        if keeps_promise:
            for op in sorted(lost):
                yield f"I12 {op.hex()} was backed up, and the newest backup lacks it"
        self.given_up |= lost


def _operations(path: Path) -> set[tuple[bytes, bytes]]:
    try:
        with closing(sqlite3.connect(path)) as conn:
            return set(conn.execute(_OPS, {"office": OFFICE}))
    except sqlite3.Error:
        return set()


def spoil(store: Path, rng: random.Random) -> None:
    """What a bad disk may do to a copy."""
    sql = rng.choice(
        (
            "DELETE FROM ops WHERE seq = (SELECT max(seq) FROM ops)",
            "UPDATE ops SET payload = CAST(payload || x'00' AS BLOB) WHERE seq % 3 = 0",
            "DELETE FROM quarantine",
            "",
        )
    )
    if sql:
        with closing(sqlite3.connect(store)) as conn, conn:
            conn.execute(sql)
        return
    raw = store.read_bytes()
    store.write_bytes(raw[: len(raw) // 2])
