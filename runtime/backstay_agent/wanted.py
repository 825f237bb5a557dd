"""What the build wants of one account in one Region, in normal form, with the account's own id filled in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from backstay_agent import normal
from backstay_agent.parts import NOUNS
from backstay_agent.parts.noun import Noun, Wish
from backstay_aws import arns, catalog
from backstay_aws.selection import type_patterns
from backstay_contract.build import ACCOUNT_PLACEHOLDER, BuildIndex
from backstay_contract.canonical import compact, digest
from backstay_contract.plan import PartNoun
from backstay_contract.promises import Promises

Document = Mapping[str, Any]


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
    that takes its place; `parts`: everything else, by kind and name; `management`: types whose backups AWS Backup is to
    manage fully. `first`: the Region in which what an account has only once is looked for.
    """

    account: str
    region: str
    vaults: Mapping[str, WantedVault] = field(default_factory=dict)
    plans: Mapping[str, WantedPlan] = field(default_factory=dict)
    opt_ins: Mapping[str, bool] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    management: Mapping[str, bool] = field(default_factory=dict)
    parts: Mapping[PartNoun, Mapping[str, Wish]] = field(default_factory=dict)
    first: bool = True

    def _parts(self) -> Iterator[tuple[Noun, Wish, str]]:
        """Every part with its kind, and how it is told."""
        for noun in NOUNS:
            for wish in self.parts.get(noun.word, {}).values():
                yield noun, wish, f"{noun.title} {wish.name}"

    def named_types(self) -> Mapping[tuple[str, ...], str]:
        """Opt-ins without which a selection takes nothing of a type that it names, each with the selection.

        Several where one ARN pattern stands for several types: one of them is enough.
        """
        found: dict[tuple[str, ...], str] = {}
        for plan in self.plans.values():
            for body in plan.selections:
                for pattern in body.get("Resources", ()):
                    names = _opt_ins_of(arns.partition_of(self.region)).get(pattern)
                    if names:
                        found.setdefault(names, f"selection {body['SelectionName']} of plan {plan.name}")
        return found

    def copies_far(self) -> bool:
        """Whether some rule copies into another account."""
        copies = (
            copy["DestinationBackupVaultArn"]
            for plan in self.plans.values()
            for rule in plan.body["Rules"]
            for copy in rule.get("CopyActions", ())
        )
        return any(parsed.account != self.account for arn in copies if (parsed := arns.parse(arn)) is not None)

    def roles(self) -> Iterator[tuple[str, str]]:
        """The role ARNs that must exist, each with what needs it."""
        for plan in self.plans.values():
            for body in plan.selections:
                yield body["IamRoleArn"], f"selection {body['SelectionName']} of plan {plan.name}"
        yield from ((arn, told) for noun, wish, told in self._parts() for arn in noun.roles(wish.body))

    def key_references(self) -> Iterator[tuple[str, str]]:
        """The key references that must exist, each with what needs it."""
        yield from ((vault.key, f"vault {vault.name}") for vault in self.vaults.values() if vault.key)
        yield from ((arn, told) for noun, wish, told in self._parts() for arn in noun.keys(wish.body))

    def topics(self) -> Iterator[tuple[str, str]]:
        """The topic ARNs that must exist, each with what needs it."""
        for vault in self.vaults.values():
            if vault.notifications:
                yield vault.notifications["SNSTopicArn"], f"notifications of vault {vault.name}"
        yield from ((arn, told) for noun, wish, told in self._parts() for arn in noun.topics(wish.body))


@dataclass(frozen=True, slots=True)
class WantedPolicies:
    """The backup policies of a build with their attachments; `per_node` and `in_all`: how many AWS allows."""

    wishes: tuple[Wish, ...] = ()
    per_node: int = 0
    in_all: int = 0


@dataclass(frozen=True, eq=False)
class Build:
    """A build in memory: the index and, by digest, the text of its shapes with the account placeholder in it.

    `promises`: what the policies require, which only audits ask for.
    """

    index: BuildIndex
    shapes: Mapping[str, str]
    provenance: Document | None = None
    policies: WantedPolicies | None = None
    promises: Promises | None = None

    @cached_property
    def digest(self) -> str:
        """The digest that a saved plan is bound to; the index names the digest of every shape."""
        return digest(self.named)

    @property
    def named(self) -> Any:
        """What the digest is taken of: the index, and the backup policies where there are any."""
        index = self.index.model_dump(mode="json")
        if self.policies is None:
            return index
        return [index, [[wish.noun, wish.name, wish.body, wish.tags] for wish in self.policies.wishes]]

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Every Region that some account is given something in."""
        return tuple(sorted({region for account in self.index.accounts.values() for region in account.regions}))

    @property
    def home(self) -> str | None:
        """The Region through which organization-wide things are asked and said: the first that every account has on.

        Where the build names only Regions that must be enabled, the first of these.
        """
        always = (name for name in self.regions if (row := catalog.region(name)) is not None and row.opt_in != "yes")
        return next(always, next(iter(self.regions), None))

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
        known = self.index.accounts.get(account)
        first = region == (min(known.regions, default=self.home) if known else self.home)
        if known is None or region not in known.regions:
            return Wanted(account, region, first=first)
        return read_shape(account, region, self.shape(account, region), first=first)

    def shape(self, account: str, region: str) -> Document:
        """The document of what this account gets in this Region, as the build names the place; its own id filled in."""
        text = self.shapes[self.index.accounts[account].regions[region]]
        shape: Document = json.loads(text.replace(ACCOUNT_PLACEHOLDER, account))
        return shape

    @cache  # noqa: B019 -- a build lives as long as the command
    def made(self, account: str) -> frozenset[str]:
        """The ARNs of the roles and of the keys' aliases that the build makes in an account, whatever the Region."""
        known = self.index.accounts.get(account)
        places = [self.wanted(account, region) for region in known.regions] if known else []
        arns_of = (
            noun.made(account, place.region, wish.body)
            for place in places
            for noun in NOUNS
            for wish in place.parts.get(noun.word, {}).values()
        )
        return frozenset(arn for arn in arns_of if arn is not None)

    def makes(self, arn: str) -> bool:
        """Whether a role, or a key by its alias, is one that the build makes."""
        parsed = arns.parse(arn)
        return parsed is not None and arn in self.made(parsed.account)


@cache
def _opt_ins_of(partition: str) -> Mapping[str, tuple[str, ...]]:
    """Opt-ins by the ARN pattern that names a type, where AWS asks for the opt-in even so."""
    found: dict[str, tuple[str, ...]] = {}
    for row in catalog.resource_types():
        if row.opt_in_always == "yes":
            for pattern in type_patterns(row.name, partition):
                found[pattern] = (*found.get(pattern, ()), row.opt_in)
    return found


def default_key(account: str, region: str) -> str:
    """The alias of AWS Backup's own key in a place; it encrypts the vaults that name no key."""
    return arns.kms_alias(arns.partition_of(region), region, account, "aws/backup")


def build_of(index: BuildIndex, shapes: Iterable[Document], provenance: Document | None = None) -> Build:
    """A build of an index and the documents of its shapes."""
    return Build(index, {digest(shape): compact(shape).decode() for shape in shapes}, provenance)


def read_shape(account: str, region: str, shape: Document, *, first: bool = True) -> Wanted:
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
        shape.get("management_preferences", {}),
        {noun.word: found for noun in NOUNS if (found := {wish.name: wish for wish in noun.wishes(shape)})},
        first,
    )


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
