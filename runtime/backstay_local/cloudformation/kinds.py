"""Every type of resource that can be made here, and what CloudFormation needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import access, audits, nested, plans, policies, recovery, stateful, vaults
from .kind import Kind

_FAMILIES = (vaults, plans, audits, recovery, access, policies, stateful, nested)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {name: kind for family in _FAMILIES for name, kind in family.KINDS.items()}
)
"""By name of the type."""
