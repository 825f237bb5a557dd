"""What it costs the agent to look at a large organization in which there is nothing to do.

500 accounts in four Regions on the embedded AWS, which runs in a process of its own; the plan, too. Its peer is a loop
of bare boto3 that makes the very same calls with as many threads: what is above a ratio of 1 is the price of the agent.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PARTS = Path(__file__).with_name("agent")
ACCOUNTS, THREADS, RUNS = 500, 16, 2
MARKS = {"calls": 1.5, "megabytes": 250.0, "wall": 1.5}
"""Calls for each object that was seen (vaults, locks, access policies, notifications, plans, selections); memory of the
process at its highest; wall time beside the bare loop's."""


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
    _run("planned.py", *where, told["build"], calls)
    bare, planned = [], []
    for _ in range(RUNS):
        bare.append(_run("bare.py", *where, calls, str(THREADS)))
        planned.append(_run("planned.py", *where, told["build"]))
    one = planned[0]
    assert bare[0]["calls"] == one["calls"], "the bare loop is to make the same calls"
    loop, agent = (min(it["seconds"] for it in runs) for runs in (bare, planned))
    spent = [min(it["processor"] for it in runs) for runs in (planned, bare)]
    figures = {
        "calls": (one["calls"] / one["objects"], f"{one['calls']} calls, {one['objects']} objects"),
        "megabytes": (max(it["megabytes"] for it in planned), "of the plan's process, at its highest"),
        "wall": (
            agent / loop,
            f"{agent:.1f} s beside {loop:.1f} s, {spent[0]:.1f} s and {spent[1]:.1f} s of them on the processor",
        ),
    }
    missed = 0
    for name, (value, detail) in figures.items():
        bad = value > MARKS[name]
        missed += bad
        print(f"{'MISSED' if bad else 'ok':7}{name:16} {value:10.3f}  (at most {MARKS[name]:g})  {detail}", flush=True)
    return 1 if missed else 0


def _run(part: str, *words: str) -> Any:
    done = subprocess.run([sys.executable, str(PARTS / part), *words], text=True, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
