"""Policies for the examples of rules that look at several constructs at once."""

from __future__ import annotations

DAILY = 'Rule("daily", at=daily("03:00"), into=primary, keep=days(35))'
GOLD = 'Select("gold", where=tag("backup") == "gold")'


def policy(
    *, rules: str = DAILY, select: str = GOLD, vaults: str = "primary", attach: str = "root()", **more: str
) -> str:
    """A policy with a plan `gold`; what else it has is given by keyword, lists without their brackets."""
    plan = f'Plan("gold",\n        rules=[{rules}],\n        select=[{select}])'
    parts = [f"attach={attach}", f"vaults=[{vaults}]", f"plans=[{plan}]"]
    parts += [f"{name}=[{text}]" for name, text in more.items()]
    inside = ",\n    ".join(parts)
    return f'policy = Policy("p",\n    {inside})'
