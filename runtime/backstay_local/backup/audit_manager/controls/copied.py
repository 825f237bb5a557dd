"""What the two controls about copies share: whether the copies of a resource go where they should."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from backstay_local.backup.audit_manager.asked import Verdict


def verdict(reached: Collection[str], wanted: Sequence[str], home: str, *, what: str, every: bool) -> Verdict:
    """Judge the Regions (or accounts) that are `reached`; nothing `wanted` means any other than the `home`."""
    away = sorted(set(reached) - {home})
    if not wanted:
        if away:
            return "COMPLIANT", f"Backups are copied to {', '.join(away)}."
        return "NON_COMPLIANT", f"No backup plan copies the resource's backups to another {what}."
    missing = [one for one in wanted if one not in reached]
    if len(missing) == len(wanted) or (every and missing):
        return "NON_COMPLIANT", f"No backup plan copies the resource's backups to {', '.join(missing)}."
    return "COMPLIANT", f"Backups are copied to {', '.join(one for one in wanted if one in reached)}."
