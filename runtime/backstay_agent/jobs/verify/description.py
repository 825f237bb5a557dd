"""Verifies by description: what was restored is there, and in which state; its content is not looked at."""

from __future__ import annotations

from backstay_agent.aws import Aws
from backstay_agent.describe import can_describe, describe
from backstay_agent.jobs.verify.verdict import Restore, Verdict

_BROKEN = frozenset({"FAILED", "failed", "error", "inaccessible-encryption-credentials", "restore-error"})


def verify_description(aws: Aws, restore: Restore) -> Verdict:
    """Whether what was restored is there and not broken; raises AwsProblem."""
    if not can_describe(restore.created):
        return Verdict("described", "AWS says that it was created; nothing was looked at here")
    found = describe(aws, restore.where.account, restore.where.region, restore.created)
    if found is None:
        return Verdict("failed", "AWS says that it was created, but it is not there")
    if found.state in _BROKEN:
        return Verdict("failed", f"it is there, but in the state {found.state}")
    state = f" and {found.state}" if found.state else ""
    return Verdict("described", f"it is there{state}; only its description was looked at, not its content")
