"""From what policies say to what each account gets: targets, inheritance, pins, selections, equivalence classes."""

from backstay.resolve.placeholder import placeholder_organization
from backstay.resolve.resolver import Resolved, resolve

__all__ = ["Resolved", "placeholder_organization", "resolve"]
