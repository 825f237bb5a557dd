"""What CloudWatch counts of AWS Backup, out of the tables of jobs (semantics §11.2): a number for each five minutes.

Nothing is pushed as time goes by: a year has hundreds of thousands of jobs, and hardly anybody looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from backstay_local.backup.state import State
from backstay_local.store import moment
from backstay_local.world.counts import Count

_STEP = 300_000_000  # five minutes in the microseconds of the store
KEPT = timedelta(days=455)
"""How long CloudWatch keeps data points (CloudWatch user guide, read 2026-11)."""
LISTED = timedelta(days=14)
"""How far back ListMetrics looks for data points."""


@dataclass(frozen=True, slots=True)
class _Metric:
    """Rows that are counted: where they are, by which time, and where their vault and type stand."""

    name: str
    table: str
    time: str
    condition: str = "1 = 1"
    vault: str = "vault_name"
    kind: str = "resource_type"
    scope: str = "account = ?1 AND region = ?2"


_COPIED = "substr(target_vault_arn, instr(target_vault_arn, 'backup-vault:') + 13)"
_RESTORED = "substr(vault_arn, instr(vault_arn, 'backup-vault:') + 13)"
_ARRIVED = "target_vault_arn LIKE 'arn:%:backup:' || ?2 || ':' || ?1 || ':%'"


def _detail(name: str) -> str:
    return f"json_extract(response, '$.{name}')"


_BACKUPS, _COPIES, _RESTORES, _POINTS = (
    "NumberOfBackupJobs",
    "NumberOfCopyJobs",
    "NumberOfRestoreJobs",
    "NumberOfRecoveryPoints",
)

_METRICS = (
    _Metric(f"{_BACKUPS}Created", "backup_jobs", "created"),
    _Metric(f"{_BACKUPS}Pending", "backup_jobs", "initiated"),
    _Metric(f"{_BACKUPS}Running", "backup_jobs", "initiated"),
    *(
        _Metric(f"{_BACKUPS}{state.title()}", "backup_jobs", "completed", f"state = '{state}'")
        for state in ("ABORTED", "COMPLETED", "FAILED", "EXPIRED")
    ),
    _Metric(f"{_COPIES}Created", "copy_jobs", "created", vault=_COPIED),
    _Metric(f"{_COPIES}Running", "copy_jobs", "initiated", vault=_COPIED),
    *(
        _Metric(f"{_COPIES}{state.title()}", "copy_jobs", "completed", f"state = '{state}'", vault=_COPIED)
        for state in ("COMPLETED", "FAILED")
    ),
    _Metric(f"{_RESTORES}Pending", "restore_jobs", "created", vault=_RESTORED),
    _Metric(f"{_RESTORES}Running", "restore_jobs", "started", vault=_RESTORED),
    *(
        _Metric(f"{_RESTORES}{state.title()}", "restore_jobs", "completed", f"status = '{state}'", vault=_RESTORED)
        for state in ("COMPLETED", "FAILED")
    ),
    # Recovery points go; the jobs that made them stay.
    _Metric(f"{_POINTS}Completed", "backup_jobs", "completed", "state = 'COMPLETED'"),
    _Metric(f"{_POINTS}Completed", "copy_jobs", "completed", "state = 'COMPLETED'", vault=_COPIED, scope=_ARRIVED),
    _Metric(f"{_POINTS}Partial", "recovery_points", "completed", "status = 'PARTIAL'"),
    _Metric(f"{_POINTS}Expired", "recovery_points", "delete_at", "status = 'EXPIRED'"),
    _Metric(f"{_POINTS}Cold", "recovery_points", "cold_at", "storage_class = 'COLD'"),
    _Metric(
        f"{_POINTS}Deleting",
        "trail",
        "at",
        "name = 'BackupDeleted'",
        vault=_detail("backupVaultName"),
        kind=_detail("resourceType"),
    ),
)


def counts(state: State, account: str, region: str, now: datetime, text: str, *, listing: bool) -> Iterator[Count]:
    """The numbers that a request to CloudWatch can want, whose text names its metrics and dimensions.

    A request for numbers that names no dimension gets none: AWS Backup gives none without. A list has everything.
    """
    since = now - (LISTED if listing else KEPT)
    for metric in _METRICS:
        if not listing and metric.name not in text:
            continue
        for keys in state.settings.metric_dimensions:
            if listing or all(key in text for key in keys):
                yield from _counted(state, metric, keys, account, region, since)


def _counted(
    state: State, metric: _Metric, keys: tuple[str, ...], account: str, region: str, since: datetime
) -> Iterator[Count]:
    chosen = [metric.vault if "Vault" in key else metric.kind for key in keys]
    spelled = "".join(f", {column}" for column in chosen)
    groups = ", ".join(str(place) for place in range(1, len(chosen) + 2))
    rows = state.store.query(
        f"SELECT {metric.time} / {_STEP}{spelled}, COUNT(*) FROM {metric.table} "
        f"WHERE {metric.scope} AND {metric.time} >= ?3 AND {metric.condition} GROUP BY {groups} ORDER BY {groups}",
        [account, region, since],
    )
    for step, *values, number in rows:
        yield Count(metric.name, tuple(zip(keys, map(str, values), strict=True)), moment(step * _STEP), number)
