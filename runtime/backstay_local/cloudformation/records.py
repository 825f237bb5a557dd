"""Stacks as they are kept: what a stack was told, what came of it, and what happened to it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass
class Resource:
    """A resource of a stack. `id` is empty until it exists."""

    type: str
    status: str
    at: str
    reason: str = ""
    id: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass
class Event:
    """Something that happened to a stack (its own logical id is its name) or to one of its resources."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    at: str


@dataclass
class ChangeSet:
    """What would be done to a stack, by whom it is wanted so."""

    id: str
    name: str
    kind: str
    description: str
    template: str
    given: dict[str, str]
    tags: dict[str, str]
    capabilities: list[str]
    created: str
    status: str
    execution: str
    reason: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Stack:
    """A stack; times are ISO texts. `template` and `given` are the last ones that came to be."""

    id: str
    name: str
    account: str
    region: str
    template: str
    given: dict[str, str]
    created: str
    status: str
    tags: dict[str, str] = field(default_factory=dict)
    capabilities: list[str] = field(default_factory=list)
    role: str = ""
    reason: str = ""
    keeps_failed: bool = False
    protected: bool = False
    updated: str = ""
    deleted: str = ""
    outputs: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name → value and description."""
    resources: dict[str, Resource] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    change_sets: list[ChangeSet] = field(default_factory=list)

    @property
    def ids(self) -> dict[str, tuple[str, dict[str, str]]]:
        """What `Ref` and `Fn::GetAtt` give of the resources that there are."""
        return {name: (one.id, one.attributes) for name, one in self.resources.items() if one.id}

    def become(self, status: str, now: datetime, reason: str = "") -> None:
        """Take on a status, and note it among the events."""
        self.status, self.reason = status, reason
        self.note(self.name, self.id, "AWS::CloudFormation::Stack", status, now, reason)

    def note(self, logical_id: str, physical_id: str, kind: str, status: str, now: datetime, reason: str = "") -> None:
        """Note an event."""
        self.events.append(Event(logical_id, physical_id, kind, status, reason, now.isoformat()))

    def document(self) -> dict[str, Any]:
        """The stack as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Stack:
        """The stack of such a document."""
        resources = {name: Resource(**one) for name, one in document["resources"].items()}
        outputs = {name: (value, about) for name, (value, about) in document["outputs"].items()}
        events = [Event(**one) for one in document["events"]]
        waiting = [ChangeSet(**one) for one in document.get("change_sets", [])]
        whole = {"resources": resources, "outputs": outputs, "events": events, "change_sets": waiting}
        return cls(**{**document, **whole})


@dataclass
class Instance:
    """A stack of a stack set in one account and Region."""

    account: str
    region: str
    stack: str = ""
    status: str = "OUTDATED"
    detailed: str = "PENDING"
    reason: str = ""
    unit: str = ""
    overrides: dict[str, str] = field(default_factory=dict)


@dataclass
class StackSet:
    """A stack set of an account, its instances, and the operations on it (as they are answered, times as ISO texts)."""

    id: str
    name: str
    account: str
    region: str
    template: str
    given: dict[str, str]
    service_managed: bool
    description: str = ""
    execution_role: str = ""
    administration_role: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    capabilities: list[str] = field(default_factory=list)
    status: str = "ACTIVE"
    automatic: bool = False
    """Whether accounts that come into a unit later get its stacks, and those that leave it lose them."""
    retain: bool = False
    """Whether the latter keep what the stacks made."""
    places: list[list[str]] = field(default_factory=list)
    """The units that stacks were wanted in, each with a Region."""
    instances: list[Instance] = field(default_factory=list)
    operations: list[dict[str, Any]] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The stack set as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> StackSet:
        """The stack set of such a document."""
        return cls(**{**document, "instances": [Instance(**one) for one in document["instances"]]})


def moment(text: str) -> datetime | None:
    """A kept time; None if there is none."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
