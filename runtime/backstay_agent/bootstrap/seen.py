"""An organization and its accounts as `org bootstrap` saw them: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Features = Literal["all", "asked", "billing"]
"""Whether all features of the organization are enabled, were asked for and wait for accounts, or neither."""


@dataclass(frozen=True, slots=True)
class SeenRole:
    """A role that is there. `permissions` is its inline policy of ours, in normal form; None: it has none."""

    path_and_name: str
    trust: Mapping[str, Any]
    permissions: Mapping[str, Any] | None = None
    attached: frozenset[str] = frozenset()
    boundary: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that AWS did not let us see, with AWS's reason."""

    reason: str


Roles = Mapping[str, SeenRole]
"""The wanted roles that are there, by name."""


@dataclass(frozen=True, slots=True)
class SeenSet:
    """A stack set that is there. `stacks` says of each account whether its stack is as the set says."""

    name: str
    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    automatic: bool
    service_managed: bool
    units: frozenset[str] = frozenset()
    """The units that it was deployed to."""
    stacks: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was looked at. `delegation` is None where there is no policy, `Unreadable` where it is not told.

    `roles` holds the accounts whose roles were looked at, `reached` those that lie in the units of stack sets.
    """

    at: datetime
    region: str
    caller: str
    organization: str
    management: str
    features: Features
    root: str
    policy_type: bool
    trusted: frozenset[str] | Unreadable
    administrators: Mapping[str, tuple[str, ...]] | Unreadable
    delegation: Mapping[str, Any] | Unreadable | None
    settings: Mapping[str, str] | Unreadable
    accounts: Mapping[str, str]
    """Names of the accounts that the wish is about, by id."""
    every: frozenset[str]
    """All active accounts of the organization."""
    roles: Mapping[str, Roles | Unreadable] = field(default_factory=dict)
    stack_sets: Mapping[str, SeenSet] | Unreadable = field(default_factory=dict)
    reached: tuple[str, ...] = ()

    @property
    def managing(self) -> bool:
        """Whether the caller is the management account."""
        return self.caller == self.management
