"""Everything that is not AWS Backup: resources, keys, roles, organization, messages; the only place for moto."""

from .world import Key, Organization, World

__all__ = ["Key", "Organization", "World"]
