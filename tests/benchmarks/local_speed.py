"""What the embedded AWS costs: beside stock moto for the calls that both know, beside plain Python for bytes.

Each figure is taken in a process of its own, so that no other's memory, imports or threads are in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PARTS = Path(__file__).with_name("local")
MARKS: dict[str, tuple[str, float]] = {
    "requests": ("at least", 5.0),
    "calls": ("at most", 0.5),
    "start seconds": ("at most", 0.5),
    "start megabytes": ("at most", 80.0),
    "pages": ("at most", 1.5),
    "backup": ("at most", 3.0),
    "year": ("at most", 60.0),
    "year heard": ("at most", 120.0),
}
"""By name of the figure: ratios to stock moto (requests a second, processor time of a call), seconds and MB of a start,
last page of a million recovery points to the first, backup of a bucket to plain Python, a year in seconds."""


def main(names: Sequence[str] = ()) -> int:
    """Take every figure, print it beside its mark, and answer 1 if one misses."""
    missed = 0
    for part in sorted(PARTS.glob("[a-z]*.py")):
        if names and part.stem not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            told = subprocess.run(
                [sys.executable, "-P", str(part)],
                cwd=folder,
                env=dict(os.environ),
                text=True,
                stdout=subprocess.PIPE,
                check=True,
            )
        for line in told.stdout.splitlines():
            one = json.loads(line)
            missed += _tell(one["name"], one["value"], one["detail"])
    return 1 if missed else 0


def _tell(name: str, value: float, detail: str) -> bool:
    way, mark = MARKS[name]
    missed = value < mark if way == "at least" else value > mark
    print(f"{'MISSED' if missed else 'ok':7}{name:16} {value:10.3f}  ({way} {mark:g})  {detail}", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
