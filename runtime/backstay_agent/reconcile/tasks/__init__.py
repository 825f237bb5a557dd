"""What the long-running agent does again and again: one task a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backstay_agent.reconcile.findings import Result, TaskName
from backstay_agent.reconcile.tasks import audit, drift, jobs, locks
from backstay_agent.reconcile.tasks.context import Context

Task = Callable[[Context], Result]

RUNNERS: Mapping[TaskName, Task] = {"drift": drift.run, "jobs": jobs.run, "locks": locks.run, "audit": audit.run}
