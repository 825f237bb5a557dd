"""What makes a finding the same one in the next audit: what was asked of which thing, and where. Pure."""

from __future__ import annotations

from dataclasses import fields

from backstay_contract.findings import AuditFinding

_OUTCOME = frozenset({"status", "reason", "help", "severity", "owner", "command"})
"""Members that say what came out, and to whom and how grave; everything else says what the question was."""
_ASKED = tuple(field.name for field in fields(AuditFinding) if field.name not in _OUTCOME)
_FIRST = ("control", "account", "region", "resource")


def key(finding: AuditFinding) -> tuple[str, ...]:
    """Control, account, Region, resource, then whatever else tells one question from another."""
    others = (name for name in _ASKED if name not in _FIRST)
    return tuple(getattr(finding, name) or "" for name in (*_FIRST, *others))
