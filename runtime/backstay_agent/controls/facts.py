"""What an audit knows of an account in a Region: rows as AWS gave them, frozen, and what could not be read.

A row holds what the controls ask for and nothing else, so that a shard can be collected anywhere, stored and judged
again. Times are aware; retentions are days, None for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from backstay_agent.observed import Unread

Noun = Literal["resources", "buckets", "plans", "vaults", "policies", "points", "jobs", "restores"]
"""What is read of a place, one after another; each can fail alone. "policies" are the vaults' access policies; without
"buckets" those that have no tags are not among the resources."""
WHOLE = frozenset({"COMPLETED", "AVAILABLE"})
"""States of a recovery point that can be restored; AVAILABLE is what a continuous backup is while it runs."""
LIVE = "AVAILABLE"
OWNER_TAGS = ("owner", "team")
"""The tags that name an owner, the first that a resource has counts; their case does not matter."""
AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"


@dataclass(frozen=True, slots=True)
class CopyTo:
    """A copy action of a rule: the vault that it goes to, by its ARN, account and Region; days that it keeps."""

    vault_arn: str
    account: str
    region: str
    keep_days: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a plan. `air_gapped` is the ARN of the air-gapped vault that it backs up into directly, if it does.

    `start_minutes` is the window in which a job may start.
    """

    name: str
    vault: str
    schedule: str
    keep_days: int | None
    copies: tuple[CopyTo, ...] = ()
    timezone: str = "UTC"
    start_minutes: int = 480
    continuous: bool = False
    air_gapped: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A backup plan."""

    id: str
    arn: str
    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that AWS Backup can protect.

    `plans` are the ids of the plans that take it; `perhaps` those of which it depends on what AWS leaves open (a
    condition on a tag that the resource lacks, opt-ins or an engine that could not be read).
    """

    arn: str
    type: str
    tags: Mapping[str, str]
    plans: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vault:
    """A backup vault. `fixed_from` is the date from which a compliance lock cannot be changed; None in governance."""

    arn: str
    name: str
    type: str
    locked: bool = False
    min_days: int | None = None
    max_days: int | None = None
    fixed_from: datetime | None = None
    policy: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A recovery point. `copied_from` is the ARN of the vault that it was copied from, None for an original."""

    arn: str
    vault: str
    resource: str
    resource_type: str
    created: datetime
    status: str
    keep_days: int | None
    delete_at: datetime | None
    encrypted: bool | None
    copied_from: str | None
    plan_id: str | None
    size: int


@dataclass(frozen=True, slots=True)
class LockPromise:
    """What the build says of a vault's lock. `grace_days` None means governance. `origin` is `file:line`."""

    vault: str
    arn: str
    min_days: int | None
    max_days: int | None
    grace_days: int | None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class PlanPromise:
    """A plan of the build, and how what AWS has differs from it, in words; empty when it does not."""

    plan: str
    differences: tuple[str, ...]
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A backup or copy job of the last days; `completed` is None while it goes on."""

    id: str
    kind: Literal["backup", "copy"]
    state: str
    resource: str
    resource_type: str
    created: datetime
    completed: datetime | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Restore:
    """A restore job; `resource` is what was restored from a backup, `plan` the ARN of the restore testing plan."""

    id: str
    resource: str
    resource_type: str
    point: str
    status: str
    created: datetime
    completed: datetime | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """What a `Require` of the policies asks for a resource; `sure` is False where a missing tag leaves it open.

    What its type can: `continuous` backups; the ways of copying (`catalog` columns) that it `cannot` go, and those of
    which AWS does not say (`unsaid`).
    """

    require: str
    resource: str
    sure: bool = True
    keep_days: int | None = None
    rpo_seconds: int | None = None
    other_region: bool = False
    other_account: bool = False
    air_gapped: bool = False
    locked: bool = False
    immutable: bool = False
    tested_days: int | None = None
    continuous: Literal["yes", "no", "unknown"] = "no"
    cannot: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """An exception that the policies make to a rule of the linter, until a day."""

    rule: str
    on: str
    owner: str
    reason: str
    expires: date
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a framework of the build asks in a place: a control, its parameters as text, and its scope.

    Scope: resource types, one resource, or one tag (an empty value stands for any); nothing at all is everything.
    """

    framework: str
    control: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    tag: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """The newest whole copy of a resource in a vault, wherever that is."""

    resource: str
    vault_arn: str
    newest: datetime


@dataclass(frozen=True)
class Place:
    """An account in a Region, as far as it could be read; `unread` says by noun why something could not.

    `read` is when reading began, by AWS's time: everything here is at least as fresh. None where nobody told.
    `copied`, `reached` and `unseen` come from other places (`audit.linked`): copies of what is here, the vaults that
    plans here copy to, and why some of those could not be seen, both by the vault's ARN.
    """

    account: str
    region: str
    resources: tuple[Resource, ...] = ()
    plans: tuple[Plan, ...] = ()
    vaults: tuple[Vault, ...] = ()
    points: tuple[Point, ...] = ()
    locks_promised: tuple[LockPromise, ...] = ()
    plans_promised: tuple[PlanPromise, ...] = ()
    unread: Mapping[Noun, str] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    restores: tuple[Restore, ...] = ()
    duties: tuple[Duty, ...] = ()
    waivers: tuple[Waived, ...] = ()
    asked: tuple[Asked, ...] = ()
    read: datetime | None = None
    copied: tuple[Copied, ...] = ()
    reached: Mapping[str, Vault] = field(default_factory=dict)
    unseen: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def plans_by_id(self) -> Mapping[str, Plan]:
        """The plans by their ids."""
        return {plan.id: plan for plan in self.plans}

    @cached_property
    def vaults_by_name(self) -> Mapping[str, Vault]:
        """The vaults by their names."""
        return {vault.name: vault for vault in self.vaults}

    @cached_property
    def originals(self) -> Mapping[str, tuple[Point, ...]]:
        """The recovery points that were made here (not copied here), by resource, the newest first."""
        found: dict[str, list[Point]] = {}
        for point in self.points:
            if point.copied_from is None:
                found.setdefault(point.resource, []).append(point)
        return {arn: tuple(sorted(points, key=lambda it: it.created, reverse=True)) for arn, points in found.items()}

    @cached_property
    def whole(self) -> Mapping[str, tuple[Point, ...]]:
        """The recovery points here that can be restored, copies too, by resource."""
        found: dict[str, list[Point]] = {}
        for point in self.points:
            if point.status in WHOLE:
                found.setdefault(point.resource, []).append(point)
        return {arn: tuple(points) for arn, points in found.items()}

    @cached_property
    def restored(self) -> Mapping[str, Restore]:
        """The latest restore of each resource that was completed."""
        found: dict[str, Restore] = {}
        for one in sorted(self.restores, key=lambda it: (it.completed or it.created, it.id)):
            if one.status == "COMPLETED" and one.completed is not None:
                found[one.resource] = one
        return found

    @cached_property
    def resources_by_arn(self) -> Mapping[str, Resource]:
        """The resources by their ARNs."""
        return {resource.arn: resource for resource in self.resources}

    @cached_property
    def copies(self) -> Mapping[tuple[str, str], datetime]:
        """When the newest copy was made, by resource and vault."""
        return {(one.resource, one.vault_arn): one.newest for one in self.copied}

    def vault_at(self, arn: str) -> Vault | None:
        """A vault by its ARN, here or where plans copy to; None if there is none, or it could not be seen."""
        here = next((vault for vault in self.vaults if vault.arn == arn), None)
        return here or self.reached.get(arn)

    def taking(self, resource: Resource) -> tuple[Plan, ...]:
        """The plans that surely take a resource."""
        return tuple(self.plans_by_id[one] for one in resource.plans if one in self.plans_by_id)

    def perhaps_taking(self, resource: Resource) -> tuple[Plan, ...]:
        """The plans that may take a resource, which is all that can be said."""
        return tuple(self.plans_by_id[one] for one in resource.perhaps if one in self.plans_by_id)


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the organization; `unit` is the path of its unit, `governed` whether the build names it."""

    id: str
    name: str
    unit: str
    governed: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that an audit read of an organization. `now` is AWS's time, by which ages are judged.

    `owner_tags` are not read but given: the tags by which findings name owners.
    """

    organization: str
    now: datetime
    ended: datetime
    regions: tuple[str, ...]
    members: tuple[Member, ...]
    places: tuple[Place, ...]
    unread: tuple[Unread, ...] = ()
    owner_tags: tuple[str, ...] = OWNER_TAGS


def short_name(arn: str) -> str:
    """The last part of an ARN: the name or id that people use."""
    resource = arn.split(":", 5)[-1]
    return resource.replace(":", "/").rpartition("/")[2] or arn
