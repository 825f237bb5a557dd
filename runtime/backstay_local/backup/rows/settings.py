"""What accounts and organizations have set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RegionSettings:
    """Opt-ins and management preferences that an account changed in a Region."""

    account: str
    region: str
    opt_in: dict[str, bool] = field(default_factory=dict)
    management: dict[str, bool] = field(default_factory=dict)
    incremental: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GlobalSettings:
    """Settings of a whole organization, kept under its management account."""

    account: str
    settings: dict[str, str]
    updated: datetime
