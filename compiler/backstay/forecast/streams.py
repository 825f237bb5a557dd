"""What the rules of a plan make of a resource of a type: streams of recovery points, each into one vault. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backstay import ir
from backstay_aws import catalog
from backstay_aws.catalog import ResourceType
from backstay_aws.lifecycle import Lifecycle, within_lock

ANY = ""
"""The type of a resource that can do everything: what is forecast where there is no inventory."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Recovery points of one rule, or of one of its copies, as one resource of the type gets them; times in days."""

    plan: str
    rule: str
    vault: ir.VaultRef
    schedule: str
    timezone: str
    window: int
    """Minutes within which AWS may start the job."""
    cold_after: int | None
    delete_after: int | None
    copied: bool = False
    abroad: bool = False
    """Whether its points travel to another Region."""
    away: bool = False
    """Whether they lie in another account or Region than the resource."""
    continuous: bool = False
    full: bool = False
    """Whether each point is as large as the resource."""
    managed: bool = True
    """Whether AWS Backup manages the type fully: only its copies count against the quota."""
    mode: str = ""
    """The mode of the vault's lock, if there is one."""
    refused: str = ""
    """Why there will be no points at all."""

    @property
    def label(self) -> str:
        """The rule by name, with the vault that a copy goes to."""
        return f"{self.plan}/{self.rule} → {self.vault.name}" if self.copied else f"{self.plan}/{self.rule}"

    @property
    def warm_days(self) -> float:
        """How long a point stays in warm storage."""
        return min((one for one in (self.cold_after, self.delete_after) if one is not None), default=float("inf"))


def streams(model: ir.Model, shape: ir.Shape, plan: ir.Plan, kind: str) -> Iterator[Stream]:
    """The streams of a plan for one resource of a type in a shape. Copies keep what AWS can copy that way."""
    row = catalog.resource_type(kind)
    for rule in plan.rules:
        own = _own(shape, plan.name, rule, row)
        yield own
        for copy in rule.copies:
            yield _copy(model, shape, own, copy, row)


def _own(shape: ir.Shape, plan: str, rule: ir.Rule, row: ResourceType | None) -> Stream:
    vault: ir.VaultRef | None = rule.air_gapped
    if vault is None or (row is not None and row.air_gap_primary == "vault-only"):
        vault = ir.VaultRef(ir.ACCOUNT, shape.region, rule.vault, "")
    mode, refused = _locked(shape.destination(vault.name), rule.lifecycle)
    continuous = rule.continuous and _can(row, "continuous", shape.region)
    return Stream(
        plan=plan,
        rule=rule.name,
        vault=vault,
        schedule=rule.schedule,
        timezone=rule.timezone,
        window=rule.start_window,
        cold_after=_cold(rule.lifecycle, row, shape.region),
        delete_after=rule.lifecycle.delete_after,
        continuous=continuous,
        full=not _can(row, "incremental", shape.region),
        managed=_can(row, "full_management", shape.region),
        mode=mode,
        refused=refused,
    )


def _copy(model: ir.Model, shape: ir.Shape, own: Stream, copy: ir.Copy, row: ResourceType | None) -> Stream:
    account, goal = shape.accounts[0], copy.destination
    gapped = model.air_gapped_at(goal, account)
    vault = gapped.as_vault if gapped is not None else model.vault_at(goal, account)
    mode, refused = _locked(vault, copy.lifecycle)
    if not _can(row, "air_gap" if gapped is not None else copy.column(shape.region), shape.region):
        refused = f"AWS cannot copy {row.name if row else 'it'} there"
    elif own.refused:
        refused = own.refused
    return replace(
        own,
        vault=goal,
        cold_after=_cold(copy.lifecycle, row, goal.region),
        delete_after=copy.lifecycle.delete_after,
        copied=True,
        continuous=False,
        abroad=goal.region != shape.region,
        away=goal.region != shape.region or goal.account != ir.ACCOUNT,
        mode=mode,
        refused=refused,
    )


def _locked(vault: ir.Vault | None, lifecycle: Lifecycle) -> tuple[str, str]:
    """The mode of a vault's lock, and why it refuses a lifecycle; empty for neither."""
    lock = vault.lock if vault is not None else None
    if vault is None or lock is None:
        return "", ""
    taken = within_lock(lifecycle.delete_after, lock.minimum, lock.maximum)
    return lock.mode, "" if taken else f"the lock of vault {vault.name} refuses its retention"


def _can(row: ResourceType | None, column: str, region: str) -> bool:
    return row is None or catalog.cell(row, column, region) != "no"


def _cold(lifecycle: Lifecycle, row: ResourceType | None, region: str) -> int | None:
    """The day of the move to cold storage, for a type that takes part in it."""
    if row is not None:
        opted = row.archive_opt_in != "yes" or lifecycle.archive
        if not opted or catalog.cell(row, "cold_storage", region) == "no":
            return None
    return lifecycle.cold_after
