"""All controls over the tables of a folder, in a process of its own, so that its memory is its own; prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from backstay_agent.audit.tables import opened
from backstay_agent.audit.tables.database import connect
from backstay_agent.audit.tables.judge import Judge
from backstay_agent.controls import parameters, registry


def _highest() -> float:
    """Megabytes of this program at the highest; what getrusage says may be of the one that started it."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def main(names: Sequence[str]) -> int:
    """Judge, and tell seconds, processor seconds, megabytes at the highest, and the counts by control and status."""
    chosen = registry.controls()
    given = parameters.read([one.name for one in chosen], ())
    started, spent = time.perf_counter(), time.process_time()
    folder = Path(names[0])
    with connect() as database:
        opened.attach(database, folder, opened.days(folder)[-1])
        judge = Judge(database)
        judge.put(chosen, given)
        judge.keep(folder / "found.parquet")
        rows = database.execute("SELECT control, status, sum(number) FROM judged GROUP BY ALL ORDER BY ALL").fetchall()
    told = {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - spent,
        "megabytes": _highest(),
        "counts": [[control, status, int(number)] for control, status, number in rows],
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
