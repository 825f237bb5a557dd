"""Runs every benchmark of this folder: `python -m tests.benchmarks.run [NAME…]`. Exits 1 if one misses its mark."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path


def main(names: Sequence[str]) -> int:
    """Run the benchmarks named, or all: each is a module here with `main()`, which returns 0 if the mark is met."""
    here = Path(__file__)
    found = sorted(path.stem for path in here.parent.glob("*.py") if path != here)
    missed = [name for name in names or found if importlib.import_module(f"tests.benchmarks.{name}").main() != 0]
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
