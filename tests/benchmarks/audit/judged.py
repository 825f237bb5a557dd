"""All controls over the tables of a folder, in a process of its own, so that its memory is its own; prints JSON."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from backstay_agent.audit.tables import opened
from backstay_agent.audit.tables.judge_day import judge_day
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
    day = opened.days(folder)[-1]
    with tempfile.TemporaryDirectory() as into:
        verdicts = judge_day(folder, day, chosen, given, Path(into))
    told = {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - spent,
        "megabytes": _highest(),
        "counts": [[*key, number] for key, number in sorted(verdicts.counts.items())],
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
