"""Size: what compiling costs grows with the kinds of accounts, hardly with their number."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from click.testing import Result


def test_two_thousand_accounts_compile_quickly(large: Path, run: Callable[..., Result]) -> None:
    """2,000 accounts in 4 Regions with six plans come to 4 shapes, in a fraction of the bound."""
    started = time.perf_counter()
    result = run("-o", "build", "--packed")
    elapsed = time.perf_counter() - started
    assert result.exit_code == 0, result.output
    assert len(list((large / "build" / "shapes").iterdir())) == 4
    index = json.loads((large / "build" / "index.json").read_bytes())
    assert sum(len(account["regions"]) for account in index["accounts"].values()) == 1800 * 4 + 200
    assert elapsed < 10
