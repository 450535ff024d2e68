"""Unsent work into a file that is carried to the office by hand."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from armband.client.errors import StoreUnusable
from armband.client.i18n import _
from armband.client.keys import load_identity, store_key
from armband.client.store.peek import peek_waiting
from armband.client.store.store import STORE_FILE
from armband.shared.carried import Carried, Run, content_of, seal, to_sign
from armband.shared.environment import Environment


@dataclass(frozen=True, slots=True)
class Exported:
    """How much went into the file: operations, and its bytes. With none, no file was made."""

    operations: int
    size: int


def export_unsent(data_dir: Path, target: Path, environment: Environment) -> Exported:
    """Write all that waits into ``target``, whole or not at all; it goes on waiting here.

    Works beside a process that holds the store.

    Raises:
        NotEnrolled: DIR is no terminal's.
        StoreUnusable: the store is damaged, or ``target`` cannot be written.
    """
    own = load_identity(data_dir)
    batches = peek_waiting(data_dir / STORE_FILE, store_key(data_dir))
    if not batches:
        return Exported(0, 0)
    runs = [Run(batch.prev, batch.counter, batch.wires) for batch in batches]
    carried = Carried(own.enrolment.office, own.key.key_id, environment.now_ms(), runs)
    content = content_of(carried)
    raw = seal(content, own.key.sign(to_sign(content)))
    try:
        _write_whole(target, raw)
    except OSError as error:
        raise StoreUnusable(
            _("{file} cannot be written: {problem}").format(file=target, problem=error.strerror)
        ) from None
    return Exported(sum(len(run.ops) for run in runs), len(raw))


def _write_whole(target: Path, raw: bytes) -> None:
    half = target.with_name(target.name + ".half")
    with half.open("wb") as file:
        file.write(raw)
        file.flush()
        # A stick is pulled as soon as the command has ended.
        os.fsync(file.fileno())
    half.replace(target)
