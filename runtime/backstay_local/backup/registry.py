"""Every operation of AWS Backup and everything that time sets off, by name: each family adds its modules here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
from backstay_local.backup.access_points import points as access_points
from backstay_local.backup.access_points import runs as access_runs
from backstay_local.backup.airgap import around, invitations, outcomes, restore_access, teams
from backstay_local.backup.airgap import vaults as air_gapped_vaults
from backstay_local.backup.audit_manager import frameworks, report_jobs, report_plans, report_runs
from backstay_local.backup.composite import backups as composite_backups
from backstay_local.backup.composite import copies as composite_copies
from backstay_local.backup.composite import operations as composites
from backstay_local.backup.composite import restores as composite_restores
from backstay_local.backup.indexes import operations as index_operations
from backstay_local.backup.indexes import runs as index_runs
from backstay_local.backup.legal_holds import holds
from backstay_local.backup.restore_testing import endings as test_endings
from backstay_local.backup.restore_testing import metadata as test_metadata
from backstay_local.backup.restore_testing import plans as test_plans
from backstay_local.backup.restore_testing import runs as test_runs
from backstay_local.backup.restore_testing import selections as test_selections
from backstay_local.backup.restore_testing import validation as test_validation
from backstay_local.backup.scans import jobs as scan_jobs
from backstay_local.backup.scans import results as scan_results
from backstay_local.backup.scans import runs as scan_runs
from backstay_local.backup.state import Happenings, Operation
from backstay_local.backup.tiering import configurations as tiering
from backstay_local.backup.tiering import tiers

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
_FAMILIES = (
    access_points,
    air_gapped_vaults,
    teams,
    restore_access,
    frameworks,
    report_plans,
    report_jobs,
    composites,
    index_operations,
    holds,
    test_plans,
    test_selections,
    test_metadata,
    test_validation,
    scan_jobs,
    scan_results,
    tiering,
)
_RUNS = (
    scheduler,
    backup_runs,
    copy_runs,
    restore_runs,
    expiry,
    access_runs,
    air_gapped_vaults,
    around,
    outcomes,
    invitations,
    frameworks,
    report_plans,
    report_runs,
    composite_backups,
    composite_copies,
    composite_restores,
    index_runs,
    holds,
    test_runs,
    test_endings,
    scan_runs,
    tiers,
    history,
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {name: operation for noun in (*_CORE, *_FAMILIES) for name, operation in noun.OPERATIONS.items()}
)
"""The behaviour of every operation that there is, by its name."""

HAPPENINGS: Happenings = MappingProxyType(
    {kind: happening for noun in _RUNS for kind, happening in noun.HAPPENINGS.items()}
)
"""What each kind of entry in the agenda does when its time has come."""
