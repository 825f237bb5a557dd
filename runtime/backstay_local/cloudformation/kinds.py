"""Every type of resource that can be made here, and what CloudFormation needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import access, audits, plans, policies, recovery, vaults
from .kind import Kind

KINDS: Mapping[str, Kind] = MappingProxyType(
    {**vaults.KINDS, **plans.KINDS, **audits.KINDS, **recovery.KINDS, **access.KINDS, **policies.KINDS}
)
"""By name of the type."""
