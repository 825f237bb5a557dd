"""Every operation of AWS Backup and everything that time sets off, by name: each family adds its modules here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import TypeVar

from backstay_local.backup import (
    backup_jobs,
    backup_runs,
    copy_jobs,
    copy_runs,
    expiry,
    history,
    locks,
    notifications,
    plans,
    policies,
    protected_resources,
    recovery_points,
    restore_jobs,
    restore_runs,
    scheduler,
    selections,
    settings,
    summaries,
    tags,
    templates,
    vaults,
)
from backstay_local.backup.state import Happening, Operation

T = TypeVar("T")
_CORE = (
    vaults,
    locks,
    policies,
    notifications,
    plans,
    templates,
    selections,
    tags,
    settings,
    backup_jobs,
    recovery_points,
    protected_resources,
    copy_jobs,
    restore_jobs,
    summaries,
)
_RUNS = (
    scheduler,
    backup_runs,
    copy_runs,
    restore_runs,
    expiry,
    history,
)
_FAMILIES = (
    "access_points.points",
    "airgap.vaults",
    "airgap.teams",
    "airgap.restore_access",
    "audit_manager.frameworks",
    "audit_manager.report_plans",
    "audit_manager.report_jobs",
    "composite.operations",
    "indexes.operations",
    "legal_holds.holds",
    "restore_testing.plans",
    "restore_testing.selections",
    "restore_testing.metadata",
    "restore_testing.validation",
    "scans.jobs",
    "scans.results",
    "tiering.configurations",
)
"""Modules of operations that stand apart: imported when somebody first calls what the core has not."""
_FAMILY_RUNS = (
    "access_points.runs",
    "airgap.vaults",
    "airgap.around",
    "airgap.outcomes",
    "airgap.invitations",
    "audit_manager.frameworks",
    "audit_manager.report_plans",
    "audit_manager.report_runs",
    "composite.backups",
    "composite.copies",
    "composite.restores",
    "indexes.runs",
    "legal_holds.holds",
    "restore_testing.runs",
    "restore_testing.endings",
    "scans.runs",
    "tiering.tiers",
)
"""And modules of what time sets off: imported when the first of it is due."""


class Behaviours(Mapping[str, T]):
    """What the modules say under one of their names; the core's at once, the families' as soon as they are needed."""

    def __init__(self, table: str, core: Iterable[ModuleType], families: Iterable[str]) -> None:
        """`table` is what the modules call theirs; `families` are modules by name."""
        self._table = table
        self._families = families
        self._core = self._gathered(core)

    def _gathered(self, modules: Iterable[ModuleType]) -> dict[str, T]:
        return {key: one for module in modules for key, one in getattr(module, self._table).items()}

    @cached_property
    def _every(self) -> dict[str, T]:
        modules = (import_module(f"backstay_local.backup.{name}") for name in self._families)
        return self._core | self._gathered(modules)

    def __getitem__(self, key: str) -> T:
        found = self._core.get(key)
        return self._every[key] if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._every)

    def __len__(self) -> int:
        return len(self._every)


OPERATIONS: Mapping[str, Operation] = Behaviours[Operation]("OPERATIONS", _CORE, _FAMILIES)
"""The behaviour of every operation that there is, by its name."""

HAPPENINGS: Mapping[str, Happening] = Behaviours[Happening]("HAPPENINGS", _RUNS, _FAMILY_RUNS)
"""What each kind of entry in the agenda does when its time has come."""
