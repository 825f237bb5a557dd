"""What the build wants of one account in one Region, in normal form, with the account's own id filled in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from backstay_agent import normal
from backstay_aws import arns
from backstay_contract.build import ACCOUNT_PLACEHOLDER, BuildIndex
from backstay_contract.canonical import compact, digest

Document = Mapping[str, Any]

# Nouns of a build that the agent does not apply: noun → the member that names one.
UNAPPLIED: Mapping[str, str] = {
    "air_gapped_vaults": "BackupVaultName",
    "frameworks": "FrameworkName",
    "report_plans": "ReportPlanName",
    "restore_testing_plans": "RestoreTestingPlanName",
    "restore_testing_selections": "RestoreTestingSelectionName",
    "legal_holds": "Title",
    "tiering_configurations": "TieringConfigurationName",
    "keys": "AliasName",
    "roles": "RoleName",
    "management_preferences": "",
}


@dataclass(frozen=True, slots=True)
class WantedVault:
    """A vault as the build wants it; `key` is a reference (key ARN or alias ARN), None for AWS's own key."""

    name: str
    key: str | None
    tags: Mapping[str, str]
    lock: Document | None = None
    policy: Document | None = None
    notifications: Document | None = None


@dataclass(frozen=True, slots=True)
class WantedPlan:
    """A plan as the build wants it, with its selections' bodies."""

    name: str
    body: Document
    tags: Mapping[str, str]
    selections: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one account gets in one Region.

    `before`: plans by name, with the name that each had before; `renamed`: vaults by their former name, with the one
    that takes its place; `unapplied`: names of what this agent does not apply, by the build's noun.
    """

    account: str
    region: str
    vaults: Mapping[str, WantedVault] = field(default_factory=dict)
    plans: Mapping[str, WantedPlan] = field(default_factory=dict)
    opt_ins: Mapping[str, bool] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    unapplied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def roles(self) -> Iterator[tuple[str, str]]:
        """The role ARNs that must exist, each with what needs it."""
        for plan in self.plans.values():
            for body in plan.selections:
                yield body["IamRoleArn"], f"selection {body['SelectionName']} of plan {plan.name}"

    def key_references(self) -> Iterator[tuple[str, str]]:
        """The key references that must exist, each with what needs it."""
        yield from ((vault.key, f"vault {vault.name}") for vault in self.vaults.values() if vault.key)

    def topics(self) -> Iterator[tuple[str, str]]:
        """The topic ARNs that must exist, each with what needs it."""
        for vault in self.vaults.values():
            if vault.notifications:
                yield vault.notifications["SNSTopicArn"], f"notifications of vault {vault.name}"


@dataclass(frozen=True, eq=False)
class Build:
    """A build in memory: the index and, by digest, the text of its shapes with the account placeholder in it."""

    index: BuildIndex
    shapes: Mapping[str, str]
    provenance: Document | None = None

    @cached_property
    def digest(self) -> str:
        """The digest that a saved plan is bound to; the index names the digest of every shape."""
        return digest(self.index.model_dump(mode="json"))

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Every Region that some account is given something in."""
        return tuple(sorted({region for account in self.index.accounts.values() for region in account.regions}))

    @property
    def home(self) -> str | None:
        """The Region through which organization-wide things are asked and said: the first that the build names."""
        return next(iter(self.regions), None)

    @cache  # noqa: B019 -- a build lives as long as the command
    def document(self, digest: str) -> Document:
        """A shape's document, with the placeholder still in it."""
        shape: Document = json.loads(self.shapes[digest])
        return shape

    def names(self, account: str, region: str) -> bool:
        """Whether the build says what this account gets in this Region."""
        known = self.index.accounts.get(account)
        return known is not None and region in known.regions

    def wanted(self, account: str, region: str) -> Wanted:
        """What the build wants there; nothing at all for a place that it does not name."""
        if not self.names(account, region):
            return Wanted(account, region)
        return read_shape(account, region, self.shape(account, region))

    def shape(self, account: str, region: str) -> Document:
        """The document of what this account gets in this Region, as the build names the place; its own id filled in."""
        text = self.shapes[self.index.accounts[account].regions[region]]
        shape: Document = json.loads(text.replace(ACCOUNT_PLACEHOLDER, account))
        return shape


def default_key(account: str, region: str) -> str:
    """The alias of AWS Backup's own key in a place; it encrypts the vaults that name no key."""
    return arns.kms_alias(arns.partition_of(region), region, account, "aws/backup")


def build_of(index: BuildIndex, shapes: Iterable[Document], provenance: Document | None = None) -> Build:
    """A build of an index and the documents of its shapes."""
    return Build(index, {digest(shape): compact(shape).decode() for shape in shapes}, provenance)


def read_shape(account: str, region: str, shape: Document) -> Wanted:
    """The wishes of a shape's document, in normal form."""
    locks = {body["BackupVaultName"]: body for body in shape.get("vault_locks", ())}
    policies = {body["BackupVaultName"]: body["Policy"] for body in shape.get("vault_access_policies", ())}
    notified = {body["BackupVaultName"]: body for body in shape.get("vault_notifications", ())}
    vaults = {}
    for body in shape.get("vaults", ()):
        name = body["BackupVaultName"]
        vaults[name] = WantedVault(
            name,
            body.get("EncryptionKeyArn"),
            body.get("BackupVaultTags", {}),
            _lock(locks.get(name)),
            normal.policy(policies[name]) if name in policies else None,
            normal.notifications(notified[name]) if name in notified else None,
        )
    moved = shape.get("moved", ())
    return Wanted(
        account,
        region,
        vaults,
        _plans(shape),
        shape.get("region_settings", {}),
        {one["name"]: one["before"] for one in moved if one["kind"] == "plan"},
        {one["before"]: one["name"] for one in moved if one["kind"] == "vault"},
        {noun: names for noun, member in UNAPPLIED.items() if (names := _names(shape.get(noun, ()), member))},
    )


def _names(parts: Iterable[Document] | Document, member: str) -> tuple[str, ...]:
    """The names of parts, which stand in them or one level below."""
    if isinstance(parts, Mapping):
        return tuple(sorted(parts))
    inner = (
        {**part, **{k: v for item in part.values() if isinstance(item, Mapping) for k, v in item.items()}}
        for part in parts
    )
    return tuple(sorted(str(part[member]) for part in inner))


def _lock(body: Document | None) -> Document | None:
    if body is None:
        return None
    return {name: value for name, value in sorted(body.items()) if name != "BackupVaultName" and value is not None}


def _plans(shape: Document) -> dict[str, WantedPlan]:
    selections: dict[str, list[Document]] = {}
    for body in shape.get("selections", ()):
        selections.setdefault(body["BackupPlanName"], []).append(normal.selection(body["BackupSelection"]))
    plans = {}
    for body in shape.get("plans", ()):
        name = body["BackupPlan"]["BackupPlanName"]
        taken = tuple(sorted(selections.get(name, ()), key=lambda selection: str(selection["SelectionName"])))
        plans[name] = WantedPlan(name, normal.plan(body["BackupPlan"]), body.get("BackupPlanTags", {}), taken)
    return plans
