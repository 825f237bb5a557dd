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


@dataclass(frozen=True, slots=True)
class Lock:
    """A vault's lock; days. `immutable_from` is None in governance mode."""

    minimum: int | None
    maximum: int | None
    immutable_from: datetime | None


@dataclass(frozen=True, slots=True)
class Vault:
    """A backup vault. `empty` is None where nobody asked (it matters only for a vault that is to go)."""

    name: str
    arn: str
    key_arn: str | None
    tags: Mapping[str, str]
    lock: Lock | None = None
    policy: Document | None = None
    notifications: Document | None = None
    empty: bool | None = None


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
    """A backup plan; `body` is in normal form, without rule ids."""

    id: str
    arn: str
    name: str
    body: Document
    tags: Mapping[str, str]
    created: datetime
    selections: tuple[Selection, ...] = ()


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

    `keys` maps key references to key ARNs (None: there is no such key; a reference that could not be looked up is
    absent). `generations` counts the deleted plans of a name, so that a plan that comes back gets a new token.
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
    left that nobody wants, and could not be looked for.
    """

    now: datetime
    places: Mapping[tuple[str, str], Place]
    global_settings: Mapping[str, str] | None = None
    unread: tuple[Unread, ...] = ()
    policies: Policies | None = None
    overlooked: tuple[Unread, ...] = ()

    def digest(self) -> str:
        """A fingerprint of all but the time of reading: equal as long as nothing has changed."""
        return digest(
            {
                "places": {f"{account}/{region}": plain(place) for (account, region), place in self.places.items()},
                "global_settings": plain(self.global_settings),
                "policies": plain(self.policies),
                "unread": sorted([unread.account, unread.region or ""] for unread in self.unread),
            }
        )


def is_ours(tags: Mapping[str, str], organization: str) -> bool:
    """Whether a resource's tags say that the agent of this organization made it."""
    return tags.get(OWNER_TAG) == organization


def plain(value: Any) -> Any:
    """A frozen value as JSON."""
    if is_dataclass(value):
        return {member.name: plain(getattr(value, member.name)) for member in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
