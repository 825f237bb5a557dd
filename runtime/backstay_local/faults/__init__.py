"""Faults on request: throttling, failures, lost and slow replies, lagging lists, for tests of how clients bear them."""

from .rules import Kind, Rule

__all__ = ["Kind", "Rule"]
