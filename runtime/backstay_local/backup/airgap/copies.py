"""What stands in the way of a copy at an air gap, and how many of them may run at once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backstay_aws import arns, catalog
from backstay_local.backup import kinds
from backstay_local.backup.airgap import eligible
from backstay_local.backup.airgap.eligible import KeyKind
from backstay_local.backup.rows import AIR_GAPPED, STANDARD, CopyJob, RecoveryPoint, Vault
from backstay_local.backup.state import State

_LIMITS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    # Type -> its limit, and the types that count together: instances are copied as snapshots of their volumes (§12).
    {
        "EBS": ("air_gap_copies_ebs", ("EBS", "EC2")),
        "EC2": ("air_gap_copies_ebs", ("EBS", "EC2")),
        "Aurora": ("air_gap_copies_aurora", ("Aurora",)),
        "DocumentDB": ("air_gap_copies_documentdb", ("DocumentDB",)),
        "Neptune": ("air_gap_copies_neptune", ("Neptune",)),
        "Storage Gateway": ("air_gap_copies_storage_gateway", ("Storage Gateway",)),
        "FSx": ("air_gap_copies_fsx", ("FSx",)),
    }
)


def air_gapped(state: State, vault_arn: str) -> bool:
    """Whether a vault is logically air-gapped."""
    found = state.tables.vaults.get(vault_arn)
    return found is not None and found.type == AIR_GAPPED


def key_kind(state: State, point: RecoveryPoint) -> KeyKind:
    """What a recovery point is encrypted with."""
    if point.key_arn is None:
        return "none"
    if air_gapped(state, point.vault_arn):
        return "customer"
    key = state.world.key(point.key_arn, point.account, point.region)
    return "aws" if key is not None and key.manager == "AWS" else "customer"


def obstacle(state: State, job: CopyJob, point: RecoveryPoint, target: Vault) -> str | None:
    """Why air gaps do not let a copy pass."""
    source = state.tables.vaults.get(point.vault_arn)
    kind = STANDARD if source is None else source.type
    end = eligible.End(target.name, target.type, target.state, customer_key=not target.default_key)
    by_rule, rule_copies = job.created_by is not None, state.settings.air_gap_copies_by_rule
    reason = eligible.passage_problem(kind, end, by_rule=by_rule, rule_copies=rule_copies)
    if reason is not None or target.type != AIR_GAPPED or kind == AIR_GAPPED:
        return reason
    unencrypted = state.settings.air_gap_takes_unencrypted
    return eligible.problem(kinds.of_point(point), target.region, key_kind(state, point), unencrypted=unencrypted)


def room(state: State, job: CopyJob) -> bool:
    """Whether one more copy of its type may run into the air-gapped vaults of an account's destination Region."""
    target, limit = arns.parse(job.target_vault_arn), _LIMITS.get(job.resource_type)
    if target is None or limit is None or not air_gapped(state, job.target_vault_arn):
        return True
    name, together = limit
    running = [
        one
        for one in state.tables.copy_jobs.unfinished("account", job.account)
        if one.state == "RUNNING" and one.resource_type in together and _into(state, one, target.region)
    ]
    return len(running) < catalog.limit(name)


def _into(state: State, job: CopyJob, region: str) -> bool:
    """Whether a copy goes into an air-gapped vault of a Region."""
    found = state.tables.vaults.get(job.target_vault_arn)
    return found is not None and found.type == AIR_GAPPED and found.region == region
