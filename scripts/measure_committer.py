"""What encryption costs the office: the same commits to a plain and an encrypted store, in turns.

    python scripts/measure_committer.py [--rounds 60] [--batch 100]

Prints the median of one commit in each store and their ratio, for single records and batches, and
the time of a whole audit. All people are invented.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from armband.server.office import Office, create_office, open_office
from armband.server.store_key import KeyPlace, make_or_read_key, use_key
from armband.shared.days import day_of
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.fields import Patch
from armband.shared.ids import new_record_id
from armband.shared.policy import Policy

OFFICE = "lianhu"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--batch", type=int, default=100)
    args = parser.parse_args()
    environment = Environment(lambda: time.time_ns() // 1_000_000, secrets.token_bytes)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), environment, args.rounds, args.batch))


async def _measure(folder: Path, environment: Environment, rounds: int, batch: int) -> None:
    async with AsyncExitStack() as stack:
        offices = {}
        for name in ("plain", "encrypted"):
            directory = folder / name
            directory.mkdir()
            if name == "encrypted":
                place = directory / "store.key"
                use_key(
                    directory, KeyPlace(place, make_or_read_key(place, secrets.token_bytes(32)))
                )
            await create_office(directory, OFFICE, "莲湖", environment)
            offices[name] = await stack.enter_async_context(open_office(directory, environment))
        for size in (1, batch):
            taken: dict[str, list[float]] = {name: [] for name in offices}
            for _round in range(rounds):
                for name, office in offices.items():
                    taken[name].append(await _commit(office, environment, size))
            _print(f"commit of {size}", taken)
        audits: dict[str, list[float]] = {name: [] for name in offices}
        for _round in range(5):
            for name, office in offices.items():
                begun = time.perf_counter()
                await office.audit()
                audits[name].append(time.perf_counter() - begun)
        _print("audit", audits)


async def _commit(office: Office, environment: Environment, size: int) -> float:
    now_ms = environment.now_ms()
    fields: Patch = {
        "at": now_ms,
        "day": day_of(now_ms, Policy()),
        "code": "green",
        "decision": "passed",
    }
    drafts = [
        Draft("check", new_record_id(now_ms, environment.random_bytes(10)), OFFICE, fields)
        for _ in range(size)
    ]
    begun = time.perf_counter()
    outcomes = await office.upsert(drafts, "office")
    taken = time.perf_counter() - begun
    if set(outcomes) != {"new"}:
        raise SystemExit(f"nothing was measured: {sorted(set(outcomes))}")
    return taken


def _print(what: str, taken: dict[str, list[float]]) -> None:
    plain, encrypted = (1000 * statistics.median(taken[name]) for name in ("plain", "encrypted"))
    ratio = encrypted / plain
    print(f"{what}: plain {plain:.2f} ms, encrypted {encrypted:.2f} ms, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
