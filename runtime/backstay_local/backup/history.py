"""How long ended jobs are remembered: once a day those go that nobody can ask for any more.

Lists of jobs cover 30 days (API reference, `ListBackupJobs`; semantics §1), and the trail tells of jobs for 90. What
outlives a job, such as the latest restore of a protected resource, is kept with what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from backstay_local.backup.state import Happenings, State, Tables
from backstay_local.store import Table

_KIND = "history-forget"
_SCANS = 5  # a recovery point tells of so many scans (semantics §6.4), and further ones go on from the newest

_ALONE = "(parent_id IS NULL OR parent_id NOT IN (SELECT id FROM {} WHERE completed IS NULL))"
"""A parent ends as all its children did: it must find them."""

_JOBS: Mapping[Callable[[Tables], Table[Any]], str] = MappingProxyType(
    {
        (lambda tables: tables.backup_jobs): "id NOT IN"
        " (SELECT backup_job_id FROM copy_jobs WHERE completed IS NULL AND backup_job_id IS NOT NULL)"
        f" AND {_ALONE.format('backup_jobs')}",
        (lambda tables: tables.copy_jobs): "source_point_arn NOT IN"
        " (SELECT source_point_arn FROM copy_jobs WHERE completed IS NULL)"
        f" AND {_ALONE.format('copy_jobs')}",
        (lambda tables: tables.restore_jobs): "NOT EXISTS"
        " (SELECT 1 FROM due WHERE kind IN ('test-timeout', 'test-delete') AND due.id = restore_jobs.id)"
        f" AND {_ALONE.format('restore_jobs')}",
        (lambda tables: tables.scans.jobs): "(NOT EXISTS (SELECT 1 FROM recovery_points WHERE arn = point_arn)"
        " OR (SELECT COUNT(*) FROM scan_jobs AS newer WHERE newer.point_arn = scan_jobs.point_arn"
        f" AND newer.sort < scan_jobs.sort AND newer.result IS NOT NULL) >= {_SCANS})",
        (lambda tables: tables.audits.report_jobs): "1 = 1",
    }
)
"""The tables of jobs, each with the condition under which nothing refers to an ended job any more."""


def watch(state: State, at: datetime) -> None:
    """A job is made: see to it that it is forgotten in the end."""
    if not state.agenda.has(_KIND, _KIND):
        state.agenda.put(_KIND, _KIND, _midnight(at))


def _forget(state: State, _key: str, at: datetime) -> None:
    """Forget ended jobs and their idempotency tokens; again tomorrow, while there are jobs."""
    oldest = at - state.settings.job_history
    left = False
    for table_of, unneeded in _JOBS.items():
        table = table_of(state.tables)
        over = f"completed < ? AND {unneeded}"
        state.tables.tokens.drop_where(f"subject IN (SELECT id FROM {table.name} WHERE {over})", oldest)
        table.drop_ended(over, oldest)
        left = left or table.first("1 = 1") is not None
    if left:
        state.agenda.put(_KIND, _KIND, _midnight(at))


def _midnight(at: datetime) -> datetime:
    """The next one, in UTC."""
    return datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


HAPPENINGS: Happenings = {_KIND: _forget}
