"""Every type of resource that can be made here, and what CloudFormation needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import access, audits, plans, recovery, vaults
from .kind import Kind

KINDS: Mapping[str, Kind] = MappingProxyType(
    {**vaults.KINDS, **plans.KINDS, **audits.KINDS, **recovery.KINDS, **access.KINDS}
)
"""By name of the type."""
