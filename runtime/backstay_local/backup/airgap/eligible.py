"""What may cross an air gap, and by what way: pure decisions over a type, a key, and the vaults at both ends.

Source: developer guide "Logically air-gapped vault" and "Primary backups to logically air-gapped vaults" (semantics
§5.5, §5.6; read 2026-11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backstay_aws import catalog
from backstay_aws.catalog import ResourceType
from backstay_local.backup.rows import AIR_GAPPED, RESTORE_ACCESS

KeyKind = Literal["none", "aws", "customer"]
"""What a backup is encrypted with: nothing, an AWS managed key, or a key of the customer (or of AWS Backup)."""

Way = Literal["direct", "copy", "vault-only"]
"""How a backup gets into an air-gapped primary vault, if it does."""

TYPE = "Copy job failed. Resource type {} is not supported by logically air-gapped vaults."
AWS_KEY = (
    "Copy job failed. Backups that are encrypted with an AWS managed key cannot be in a logically air-gapped vault."
)
UNENCRYPTED = "Copy job failed. Unencrypted backups of {} cannot be in a logically air-gapped vault."
BY_RULE = "Copy job failed. Copies from one logically air-gapped vault to another are made on demand only."
OWN_KEY = (
    "Copy job failed. A copy from a logically air-gapped vault needs a destination vault that is encrypted with a "
    "customer managed key."
)
NOT_READY = "Copy job failed. Backup vault {} is not available."
NO_TARGET = "Copy job failed. A restore access backup vault cannot be the destination of a copy."


@dataclass(frozen=True, slots=True)
class End:
    """A vault at one end of a copy."""

    name: str
    type: str
    state: str
    customer_key: bool


def problem(row: ResourceType, region: str, key: KeyKind, *, unencrypted: bool) -> str | None:
    """Why a backup cannot be in an air-gapped vault of a Region; `unencrypted` ones are taken if that is said."""
    if catalog.cell(row, "air_gap", region) == "no":
        return TYPE.format(row.name)
    if row.full_management == "yes" or key == "customer":
        return None
    if key == "aws":
        return AWS_KEY
    # Snapshots of clusters that are not encrypted stay so, wherever they are copied.
    return None if unencrypted and row.point != "rds-cluster-snapshot" else UNENCRYPTED.format(row.name)


def passage_problem(source: str, target: End, *, by_rule: bool, rule_copies: bool) -> str | None:
    """Why there is no copy from a vault of type `source` into `target`, whatever is copied."""
    if target.type == RESTORE_ACCESS:
        return NO_TARGET
    if target.state != "AVAILABLE":
        return NOT_READY.format(target.name)
    if source != AIR_GAPPED:
        return None
    if target.type == AIR_GAPPED:
        return BY_RULE if by_rule and not rule_copies else None
    return None if target.customer_key else OWN_KEY


def way(row: ResourceType, region: str) -> Way:
    """How backups of a type get into an air-gapped primary vault, as far as the type alone decides."""
    if catalog.cell(row, "air_gap", region) == "no":
        return "vault-only"
    if row.air_gap_primary != "unknown":
        return row.air_gap_primary
    if row.composite:
        return "vault-only"
    return "direct" if row.full_management == "yes" else "copy"
