"""What the controls judge: resources, plans, vaults and recovery points, as frozen facts about one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a control judges. Of ids and types the first ones are those that a report shows."""

    ids: tuple[str, ...]
    """Everything by which the scope of a control may name it."""
    types: tuple[str, ...]
    """Its type as AWS Config spells it, then as AWS Backup does."""
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a rule copies to."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Locked:
    """The Vault Lock of a vault that a rule backs up into; None: it sets no such bound."""

    min_days: int | None
    max_days: int | None


@dataclass(frozen=True, slots=True)
class BackedUp:
    """One rule that backs up a resource."""

    copies: tuple[Destination, ...]
    locks: tuple[Locked, ...]
    """The locks of its target vaults; empty when none is locked."""


@dataclass(frozen=True, slots=True)
class Resource(Subject):
    """An active resource."""

    rules: tuple[BackedUp, ...]
    """The rules of all plans that take it."""
    last_point: datetime | None
    """When its newest recovery point was made here; copies do not count."""
    last_air_gapped: datetime | None
    """When its newest recovery point came into a logically air-gapped vault here."""
    restore_minutes: int | None
    """How long its latest restore took; None when it was never restored."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """When a rule runs, and how many days its backups are kept (None: for ever)."""

    schedule: str
    keeps_days: int | None


@dataclass(frozen=True, slots=True)
class Plan(Subject):
    """A backup plan."""

    rules: tuple[Scheduled, ...]


@dataclass(frozen=True, slots=True)
class Vault(Subject):
    """A backup vault; no policy is None."""

    policy: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Point(Subject):
    """A recovery point; kept for ever is None."""

    encrypted: bool
    keeps_days: int | None
