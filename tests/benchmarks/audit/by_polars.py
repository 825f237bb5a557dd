"""Six of the controls over the same tables in Polars, run by an environment of its own; counts and figures as JSON.

No reasons and no findings: only how many fail. What it leaves out makes it faster than it would be.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

NOW = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 -- as the tables have it
PLACE = ["account", "region"]


def _highest() -> float:
    """Megabytes of this program at the highest; what getrusage says may be of the one that started it."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def main(names: Sequence[str]) -> int:
    """Count, and tell seconds, processor seconds and megabytes at the highest."""
    started, spent = time.perf_counter(), time.process_time()
    points, resources = (
        pl.scan_parquet(f"{names[0]}/{table}/**/*.parquet", hive_partitioning=True, try_parse_hive_dates=False)
        for table in ("recovery_points", "resources")
    )
    whole = ~pl.col("status").is_in(["CREATING", "DELETING", "EXPIRED"])
    late = (pl.col("status") == "EXPIRED") | (pl.col("delete_at") < NOW - timedelta(days=1))
    counted = points.select(
        (whole & ~pl.col("encrypted")).sum().alias("BACKUP_RECOVERY_POINT_ENCRYPTED"),
        (whole & (pl.col("keep_days") < 35)).sum().alias("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"),
        (whole & pl.col("keep_days").is_null()).sum().alias("recovery-points-expire"),
        late.sum().alias("no-expired-recovery-points"),
    ).collect(engine="streaming")
    newest = (
        points.filter(pl.col("status").is_in(["COMPLETED", "AVAILABLE"]) & pl.col("original"))
        .group_by([*PLACE, "resource"])
        .agg(pl.col("created").max())
    )
    joined = (
        resources.join(newest, left_on=[*PLACE, "arn"], right_on=[*PLACE, "resource"], how="left")
        .select(
            (pl.col("created").is_null() | (pl.col("created") < NOW - timedelta(days=1)))
            .sum()
            .alias("BACKUP_LAST_RECOVERY_POINT_CREATED"),
            (pl.col("plans").list.len() == 0).sum().alias("BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"),
        )
        .collect(engine="streaming")
    )
    counts = {**counted.to_dicts()[0], **joined.to_dicts()[0]}
    told = {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - spent,
        "megabytes": _highest(),
        "counts": counts,
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
