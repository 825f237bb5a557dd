"""Frameworks, reports and restore tests of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backstay.ir.place import Where


@dataclass(frozen=True, slots=True)
class ControlScope:
    """What a control looks at: resource types, one resource by id, or one tag (key, value; an empty value: any)."""

    types: tuple[str, ...] = ()
    resource: str | None = None
    tag: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """A control by AWS's name, its parameters as AWS takes them (text), sorted; `scope` None: everything."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    scope: ControlScope | None
    where: Where


@dataclass(frozen=True, slots=True)
class Framework:
    """An Audit Manager framework."""

    name: str
    description: str | None
    controls: tuple[Control, ...]
    tags: tuple[tuple[str, str], ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Report:
    """A report plan. `accounts` holds ids, or `ROOT` for the organization; `frameworks` are names.

    `units`: paths as the organization file has them, or AWS's ids (`ou-…`), which only AWS can tell for a path.
    """

    name: str
    description: str | None
    template: str
    bucket: str
    prefix: str | None
    formats: tuple[Literal["CSV", "JSON"], ...]
    frameworks: tuple[str, ...]
    accounts: tuple[str, ...]
    units: tuple[str, ...]
    regions: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    where: Where


@dataclass(frozen=True, slots=True)
class RestoreSelection:
    """What a restore test restores: one type, by ARNs or by tags (no prefix). Validation in hours."""

    name: str
    type: str
    role_arn: str
    resources: tuple[str, ...]
    string_equals: tuple[tuple[str, str], ...]
    string_not_equals: tuple[tuple[str, str], ...]
    overrides: tuple[tuple[str, str], ...]
    validation_window: int
    where: Where


@dataclass(frozen=True, slots=True)
class RestoreTest:
    """A restore-testing plan with its selections. `vaults`: ARNs or `*`. Start window: hours, look-back: days."""

    name: str
    schedule: str
    timezone: str
    start_window: int
    algorithm: Literal["LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"]
    vaults: tuple[str, ...]
    exclude_vaults: tuple[str, ...]
    point_types: tuple[Literal["SNAPSHOT", "CONTINUOUS"], ...]
    look_back: int
    selections: tuple[RestoreSelection, ...]
    tags: tuple[tuple[str, str], ...]
    where: Where
