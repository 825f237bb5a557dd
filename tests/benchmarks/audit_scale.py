"""What it costs to put all controls to a large organization: a million resources with thirty million recovery points.

The tables are made first, which is not counted. Its peers: Polars, which counts six of the controls and finds nothing
out, in an environment of its own; and the pure predicates, over one shard's share of it, reckoned up to the whole.
`python -m tests.benchmarks.audit_scale 100000` measures a tenth.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.audit import made

from backstay_agent.audit.evaluate import evaluate
from backstay_agent.controls import parameters, registry
from backstay_agent.controls.facts import Facts, Point, Resource

ROOT = Path(__file__).parents[2]
POLARS = ROOT / ".venv-peers" / "polars" / "bin" / "python"
PARTS = Path(__file__).with_name("audit")
RESOURCES, EACH, RUNS = 1_000_000, 30, 2
MARKS = {"seconds": 10.0, "megabytes": 1024.0}
"""Wall time on two cores, and memory at its highest."""
FEW = 1_000
"""Resources that the pure predicates are put to."""


def main(names: Sequence[str] = ()) -> int:
    """Measure, print each figure beside its mark, and answer 1 if one misses."""
    resources = int(names[0]) if names else RESOURCES
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "tables"
        started = time.perf_counter()
        made.make(where, resources, resources * EACH)
        print(
            f"       {resources:,} resources, {resources * EACH:,} points made in {time.perf_counter() - started:.0f} s"
        )
        return _measure(where, resources)


def _measure(folder: Path, resources: int) -> int:
    runs = [_run([sys.executable, str(PARTS / "judged.py")], folder) for _ in range(RUNS)]
    best = min(runs, key=lambda it: float(it["seconds"]))
    found = sum(number for _, status, number in best["counts"] if status == "NON_COMPLIANT")
    judged = sum(number for _, _, number in best["counts"])
    print(f"       {judged:,} verdicts, {found:,} of them findings; {best['processor']:.1f} s on the processor")
    missed = 0
    for name, mark in MARKS.items():
        bad = best[name] > mark
        missed += bad
        print(f"{'MISSED' if bad else 'ok    '} audit {name}: {best[name]:.1f}, at most {mark:.0f}")
    _beside_polars(folder, best)
    _beside_predicates(resources)
    return 1 if missed else 0


def _run(command: Sequence[str], folder: Path) -> Any:
    return json.loads(
        subprocess.run([*command, str(folder)], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    )


def _beside_polars(folder: Path, best: Any) -> None:
    if not POLARS.exists():
        print("       Polars is not installed here: left out")
        return
    other = _run([str(POLARS), str(PARTS / "by_polars.py")], folder)
    ours = {control: number for control, status, number in best["counts"] if status == "NON_COMPLIANT"}
    ours["BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"] += sum(
        number for control, status, number in best["counts"] if (control, status) == (_IN_PLAN, "UNKNOWN")
    )
    counted = {name: ours.get(name, 0) for name in other["counts"]}
    assert other["counts"] == counted, f"the peer counts otherwise: {other['counts']}, we {counted}"
    print(
        f"       Polars, six controls, counts only: {other['seconds']:.1f} s,"
        f" {other['processor']:.1f} s on the processor, {other['megabytes']:.0f} MB"
    )


_IN_PLAN = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"


def _beside_predicates(resources: int) -> None:
    """The predicates over a few resources with their points, in the same proportions."""
    facts = _few()
    given = parameters.read([one.name for one in registry.controls()], ())
    spent = time.process_time()
    evaluate(facts, registry.controls(), given)
    each = (time.process_time() - spent) / FEW
    print(f"       pure predicates: {each * 1e6:.0f} µs a resource, so {each * resources:.0f} s for all of them")


def _few() -> Facts:
    facts = made.facts(1)
    here = facts.places[0]
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    arns = [f"arn:aws:rds:{made.REGION}:{here.account}:db:database-{n:08}" for n in range(FEW)]
    rows = tuple(Resource(arn, "RDS", {"owner": f"team-{n % 50}"}, (f"p{n % 12:02}",)) for n, arn in enumerate(arns))
    points = tuple(
        Point(f"{arn}-{k}", "primary", arn, "RDS", now, "COMPLETED", 35, now, True, None, "p00", k)
        for arn in arns
        for k in range(EACH)
    )
    place = replace(here, resources=rows, points=points)
    return replace(facts, places=(place, *facts.places[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
