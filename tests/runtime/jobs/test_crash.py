"""A run that is killed and repeated: no job twice, none left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backstay_agent.aws import Aws
from backstay_agent.jobs.backup import perform, wishes
from backstay_agent.jobs.narrow import Narrow
from backstay_agent.jobs.start import Run
from backstay_agent.jobs.work import Outcome

CENTRAL, PAYMENTS, REGION = "100000000002", "100000000010", "eu-central-1"


class _Killed(BaseException):
    """The process ends here, as far as the agent can tell."""


def _die_at(aws: Aws, call: int, *, lost: bool) -> None:
    """Let the agent die at its n-th call that starts a job: before it is sent, or when its answer is `lost`."""
    seen = 0

    def die(model: Any, **_: Any) -> None:
        nonlocal seen
        if model.name in ("StartBackupJob", "StartCopyJob"):
            seen += 1
            if seen == call:
                raise _Killed

    aws.botocore_session.register("after-call.backup" if lost else "before-call.backup", die)


def _run(build: Any, aws: Aws, *, began: Any) -> list[Outcome]:
    run = Run("today", build.digest, "o-acme0001", began)
    found = wishes(build, aws, [(PAYMENTS, REGION)], Narrow(), 1, lambda *_: None)
    return perform(aws, run, build, found.works, 1, lambda *_: None, wait=True, copy=True)


@pytest.mark.parametrize("lost", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_killed_at_any_start(
    ready: Any, bucket: Callable[..., str], builds: Any, copying: Any, call: int, lost: bool
) -> None:
    """Killed before or after any start of a job and run again, each backup and each copy exists exactly once."""
    for name in ("acme-one", "acme-two"):
        bucket(name, {"a": b"1"}, backup="gold")
    build = builds.make(copying)
    killed = ready.aws()
    _die_at(killed, call, lost=lost)
    with pytest.raises(_Killed):
        _run(build, killed, began=killed.now.replace(microsecond=0))
    ready.local.advance(timedelta(seconds=2))
    again = ready.aws()
    outcomes = _run(build, again, began=again.now.replace(microsecond=0))
    assert [one.status for one in outcomes] == ["completed"] * 4
    backup = ready.client("backup")
    assert len(backup.list_backup_jobs()["BackupJobs"]) == 2
    assert len(backup.list_copy_jobs()["CopyJobs"]) == 2
    central = ready.client("backup", CENTRAL).list_recovery_points_by_backup_vault(BackupVaultName="central")
    assert len(central["RecoveryPoints"]) == 2
