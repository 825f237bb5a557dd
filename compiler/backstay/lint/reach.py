"""How far back the recovery points of a rule reach, those in its copies too."""

from __future__ import annotations

from backstay.ir import Rule


def reach(rule: Rule) -> float:
    """For how many days a rule keeps what it backs up, itself or in a copy; infinite for ever."""
    kept = [rule.lifecycle.delete_after, *(copy.lifecycle.delete_after for copy in rule.copies)]
    return max(float("inf") if count is None else count for count in kept)
