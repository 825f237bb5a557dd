"""What AWS holds, as far as the planner may know: frozen values in normal form, without identifiers that mean nothing.

Ownership is a tag: whatever the agent creates carries `OWNER_TAG` with the organization's id from its first moment on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal

from backstay_contract.canonical import digest
from backstay_contract.plan import PartNoun

OWNER_TAG = "backstay:owner"
Present = Literal["yes", "no", "unknown"]
Document = Mapping[str, Any]

_DIGESTED = "digested"
_BESIDE: Any = {_DIGESTED: False}
"""Of facts that are told and nothing is decided by: they change from day to day, and make no saved plan stale."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A vault's lock; days. `immutable_from` is None in governance mode."""

    minimum: int | None
    maximum: int | None
    immutable_from: datetime | None


@dataclass(frozen=True, slots=True)
class Ends:
    """When recovery points of a vault expire: the last of those that do, and how many never do.

    `whole`: all of them were looked at; else some may expire later still.
    """

    last: datetime | None
    endless: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Vault:
    """A backup vault. `empty` is None where nobody asked (it matters only for a vault that is to go).

    `created`, `points` (how many recovery points it holds) and `creator` (the token that it was created with) are told
    where AWS tells them; `ends` only of a vault whose place another one takes.
    """

    name: str
    arn: str
    key_arn: str | None
    tags: Mapping[str, str]
    lock: Lock | None = None
    policy: Document | None = None
    notifications: Document | None = None
    empty: bool | None = None
    created: datetime | None = field(default=None, compare=False, metadata=_BESIDE)
    points: int | None = field(default=None, compare=False, metadata=_BESIDE)
    creator: str | None = field(default=None, compare=False, metadata=_BESIDE)
    ends: Ends | None = field(default=None, compare=False, metadata=_BESIDE)


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of a plan; `body` is in normal form."""

    id: str
    body: Document

    @property
    def name(self) -> str:
        """The selection's name."""
        return str(self.body["SelectionName"])


@dataclass(frozen=True, slots=True)
class Plan:
    """A backup plan; `body` is in normal form, without rule ids.

    `last_run`, `version` (AWS's id of this state of the plan) and `creator` (the token that it was created with) are
    told where AWS tells them.
    """

    id: str
    arn: str
    name: str
    body: Document
    tags: Mapping[str, str]
    created: datetime
    selections: tuple[Selection, ...] = ()
    last_run: datetime | None = field(default=None, compare=False, metadata=_BESIDE)
    version: str | None = field(default=None, compare=False, metadata=_BESIDE)
    creator: str | None = field(default=None, compare=False, metadata=_BESIDE)


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key as it was described: its state, in AWS's words, and whether AWS manages it."""

    arn: str
    state: str
    of_aws: bool


@dataclass(frozen=True, slots=True)
class Readiness:
    """What preflight has to know of a place besides what is ours there. It is no part of what a plan is bound to.

    `trusts`: trust policies by role; `keys`: by reference; `vaults`: the names of all vaults; `plans`: how many plans;
    `of_services`: by wanted names, the ids of plans that a service of AWS made under them. What could not be looked up
    is absent (None).
    """

    trusts: Mapping[str, Document] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)
    vaults: frozenset[str] | None = None
    plans: int | None = None
    of_services: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Something of a kind that `parts` knows; `body` is in normal form, empty where nobody wants the thing.

    `key`: what AWS knows it by in later calls. `kept`: why it must not be deleted now. `leaving`: AWS is deleting it.
    `held_by`: the name of the thing that it is a part of. `wanted`: whether the build names it.
    """

    noun: PartNoun
    name: str
    key: str
    body: Document
    tags: Mapping[str, str]
    kept: str | None = None
    leaving: bool = False
    held_by: str | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Unseen:
    """A kind of things that could not be looked for in a place that is wanted to have none, and why."""

    noun: PartNoun
    error: str


@dataclass(frozen=True, slots=True)
class Policies:
    """The organization's backup policies with their attachments, and where they were asked for.

    `taken` counts the policies on a node, ours and others', by the node's word (`root`, a path, an account or an id);
    `number` are all policies of the organization. `nodes` are the ids of those that the build names, by their words;
    a path that leads to no unit has None.
    """

    account: str
    region: str
    parts: tuple[Part, ...] = ()
    taken: Mapping[str, int] = field(default_factory=dict)
    number: int = 0
    nodes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """An account in a Region: what is ours there, and what bears a name that the build wants.

    `keys` maps key references to key ARNs (None: there is no such key; a reference is absent that could not be looked
    up, or need not be, because the vault was created for it). `topics` has those that notifications have yet to be sent
    to. `generations` counts the deleted plans of a name, so that a plan that comes back gets a new token.
    """

    account: str
    region: str
    vaults: Mapping[str, Vault] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    opt_ins: Mapping[str, bool] = field(default_factory=dict)
    keys: Mapping[str, str | None] = field(default_factory=dict)
    roles: Mapping[str, Present] = field(default_factory=dict)
    topics: Mapping[str, Present] = field(default_factory=dict)
    generations: Mapping[str, int] = field(default_factory=dict)
    management: Mapping[str, bool] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    readiness: Readiness = field(default_factory=Readiness, metadata=_BESIDE)


@dataclass(frozen=True, slots=True)
class Around:
    """What holds for the whole organization, where a build copies across accounts: no part of what a plan is bound to.

    `copies_on`: the organization's setting for copies across accounts. `trusted`: AWS Backup has trusted access.
    """

    copies_on: Present = "unknown"
    trusted: Present = "unknown"


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands between a vault of ours and its deletion: read only when something is to be torn down.

    `points`: ARNs, nested ones before their composites; `size` in bytes, as AWS tells it. `last_expiry`: when the last
    of them expires; `endless` of them never do. `held`: how many are under a legal hold. `air_gapped`: the vault is a
    logically air-gapped one.
    """

    points: tuple[str, ...] = ()
    size: int = 0
    last_expiry: datetime | None = None
    endless: int = 0
    held: int = 0
    policy: Document | None = None
    notifications: Document | None = None
    air_gapped: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """An account, or an account in one Region, that could not be read, and why."""

    account: str
    region: str | None
    error: str


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything that was read, and when, by AWS's clock.

    `global_settings` and `policies` are None where nobody asked, or could. `overlooked`: where something of ours may be
    left that nobody wants, and could not be looked for. `contents`: of vaults of ours, by account, Region and name;
    None where nobody asked.
    """

    now: datetime
    places: Mapping[tuple[str, str], Place]
    global_settings: Mapping[str, str] | None = None
    unread: tuple[Unread, ...] = ()
    policies: Policies | None = None
    overlooked: tuple[Unread, ...] = ()
    contents: Mapping[tuple[str, str, str], Contents] | None = None
    around: Around = field(default_factory=Around)

    def digest(self) -> str:
        """A fingerprint of all that decisions rest on: equal as long as none of it has changed."""
        contents = {"/".join(key): plain(value) for key, value in (self.contents or {}).items()}
        return digest(
            {
                **({} if self.contents is None else {"contents": contents}),
                "places": {f"{account}/{region}": digest(plain(it)) for (account, region), it in self.places.items()},
                "global_settings": plain(self.global_settings),
                "policies": plain(self.policies),
                "unread": sorted([unread.account, unread.region or ""] for unread in self.unread),
            }
        )


def is_ours(tags: Mapping[str, str], organization: str) -> bool:
    """Whether a resource's tags say that the agent of this organization made it."""
    return tags.get(OWNER_TAG) == organization


def plain(value: Any) -> Any:
    """A frozen value as JSON, without what is only told."""
    if is_dataclass(value):
        kept = (member.name for member in fields(value) if member.metadata.get(_DIGESTED, True))
        return {name: plain(getattr(value, name)) for name in kept}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime) else value
