"""What it costs an audit to read a large organization, beside a loop of bare boto3 that makes the very same calls.

100 accounts in four Regions on the embedded AWS, which runs in a process of its own; as many threads on both sides.
What is above a ratio of 1 is the price of the agent: of retries, pace, roles, rows, and of keeping every shard.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.agent_speed import PARTS, THREADS, _run

ACCOUNTS, RUNS = 100, 2
MARKS = {"wall": 1.5, "processor": 1.5, "megabytes": 250.0}
"""Wall and processor time beside the bare loop's; memory of the process at its highest."""


def main(names: Sequence[str] = ()) -> int:
    """Measure, print each figure beside its mark, and answer 1 if one misses."""
    accounts = int(names[0]) if names else ACCOUNTS
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(PARTS / "served.py"), str(accounts)]
        with subprocess.Popen(command, cwd=folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            print(f"       {accounts} accounts filled in {told['seconds']:.0f} s", flush=True)
            try:
                return _measure(Path(folder), told)
            finally:
                server.communicate("")


def _measure(folder: Path, told: Any) -> int:
    where, calls = (told["url"], *told["keys"]), str(folder / "calls.json")
    _run("audited.py", *where, told["build"], calls)
    bare, audited = [], []
    for _ in range(RUNS):
        bare.append(_run("bare.py", *where, calls, str(THREADS)))
        audited.append(_run("audited.py", *where, told["build"]))
    assert bare[0]["calls"] == audited[0]["calls"], "the bare loop is to make the same calls"
    fastest = {
        name: (min(it[name] for it in audited), min(it[name] for it in bare)) for name in ("seconds", "processor")
    }
    spoken = f"{audited[0]['calls']} calls in {audited[0]['places']} places"
    figures = {
        "wall": (_ratio(fastest["seconds"]), _beside(fastest["seconds"])),
        "processor": (_ratio(fastest["processor"]), _beside(fastest["processor"])),
        "megabytes": (max(it["megabytes"] for it in audited), spoken),
    }
    missed = 0
    for name, (value, detail) in figures.items():
        bad = value > MARKS[name]
        missed += bad
        print(f"{'MISSED' if bad else 'ok':7}{name:16} {value:10.3f}  (at most {MARKS[name]:g})  {detail}", flush=True)
    return 1 if missed else 0


def _ratio(pair: tuple[float, float]) -> float:
    return pair[0] / pair[1]


def _beside(pair: tuple[float, float]) -> str:
    return f"{pair[0]:.1f} s beside {pair[1]:.1f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
