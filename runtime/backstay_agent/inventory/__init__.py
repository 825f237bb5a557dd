"""The resources of an organization with their tags and sizes, as `inventory.jsonl` has them."""

from backstay_agent.inventory.pull import Pull, pull

__all__ = ["Pull", "pull"]
