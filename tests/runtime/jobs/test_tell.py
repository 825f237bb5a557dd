"""Telling what jobs came to."""

from __future__ import annotations

import pytest

from backstay_agent.jobs.tell import summary
from backstay_agent.jobs.work import Backup, Copy, Outcome, Status
from backstay_agent.observed import Unread

NAMES = {"100000000010": "payments-prod"}


def _backup(status: Status, number: int = 1, reason: str | None = None, *, earlier: bool = False) -> Outcome:
    rule = {"RuleName": "daily"}
    work = Backup("100000000010", "eu-central-1", f"arn:aws:s3:::b{number}", "S3", "gold", rule, "role")
    return Outcome(work, status, reason=reason, earlier=earlier)


def _copy(status: Status, reason: str | None = None) -> Outcome:
    there = "arn:aws:backup:eu-west-1:100000000002:backup-vault:far"
    work = Copy("100000000010", "eu-central-1", "arn:aws:s3:::b1", "p", "v", "gold", "daily", there, {}, "role")
    return Outcome(work, status, reason=reason)


@pytest.mark.parametrize(
    ("outcomes", "unread", "codes", "verdict"),
    [
        ([], [], set(), "Nothing was started."),
        ([_backup("completed")], [], set(), "1 backup completed."),
        (
            [_backup("completed"), _backup("failed", 2, "FAILED: no")],
            [],
            {1},
            "1 of 2 backups completed, 1 failed.",
        ),
        (
            [_backup("completed"), _copy("failed", "no")],
            [],
            {1},
            "1 backup completed. 0 of 1 copy completed, 1 failed.",
        ),
        ([_backup("unreached", reason="no")], [], {3}, "0 of 1 backup completed, 1 not reached."),
        ([_backup("running")], [], set(), "0 of 1 backup completed, 1 running."),
        ([_backup("completed")], [Unread("100000000011", None, "AccessDenied")], {3}, "1 backup completed."),
        (
            [_backup("completed", earlier=True)],
            [],
            set(),
            "1 backup completed. Of these 1 by an earlier run (another --token does them again).",
        ),
    ],
)
def test_codes_and_verdicts(outcomes: list[Outcome], unread: list[Unread], codes: set[int], verdict: str) -> None:
    """Failed jobs give 1, accounts that were not reached 3, and the last line says how it ended."""
    told, found = summary(outcomes, unread, NAMES)
    assert found == codes
    assert told.splitlines()[-1] == verdict


def test_failures_of_one_kind_are_told_once() -> None:
    """Resources that failed for the same reason share a line, with the reason in AWS's words."""
    told, _ = summary([_backup("failed", number, "FAILED: vault is gone") for number in range(5)], [], NAMES)
    assert told.count("FAILED: vault is gone") == 1
    assert "arn:aws:s3:::b0 and 4 more" in told
    assert "payments-prod (100000000010)" in told


def test_outside_text_is_harmless() -> None:
    """A reason with control characters cannot act on a terminal."""
    told, _ = summary([_backup("failed", 1, "\x1b[2Jgone")], [], {"100000000010": "a\x1b[1mb"})
    assert "\x1b" not in told
