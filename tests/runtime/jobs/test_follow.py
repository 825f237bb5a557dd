"""Following jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError

from backstay_agent.jobs.follow import follow, pauses_of
from backstay_agent.jobs.start import Run, start_all
from backstay_agent.jobs.work import Backup, Outcome, Started

PAYMENTS, RISK, REGION = "100000000010", "100000000011", "eu-central-1"
RULE = {
    "RuleName": "daily",
    "TargetBackupVaultName": "primary",
    "StartWindowMinutes": 60,
    "CompletionWindowMinutes": 600,
}


def _work(account: str, resource: str) -> Backup:
    role = f"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole"
    return Backup(account, REGION, resource, "DynamoDB", "gold", RULE, role)


def test_pauses() -> None:
    """The first answers come quickly, and long jobs are not asked about more than three times a minute."""
    pauses = list(islice(pauses_of(), 60))
    assert pauses[0] <= 0.5
    assert pauses == sorted(pauses)
    assert pauses[-1] == 20


def test_a_place_that_stops_answering(ready: Any, table: Callable[..., str]) -> None:
    """Jobs of an account that answers no more are given up after a few rounds; those of others are followed on."""
    works = [_work(account, table("orders", {"1": "x"}, account=account)) for account in (PAYMENTS, RISK)]
    asked: list[str] = []

    def refuse(params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        asked.append(params["url_path"])
        if len(asked) % 2 and len(asked) < 6:  # one worker asks of the accounts in turn, and the first is refused
            return AWSResponse("", 403, {}, None), {"Error": {"Code": "AccessDeniedException", "Message": "no more"}}
        return None

    aws = ready.aws()
    aws.botocore_session.register("before-call.backup.ListBackupJobs", refuse)
    run = Run("r", "b", "o-acme0001", aws.now.replace(microsecond=0))
    jobs = [one for one in start_all(aws, run, works, 2) if isinstance(one, Started)]
    assert len(jobs) == 2
    rounds = []

    def advance(pause: float) -> None:
        rounds.append(pause)
        ready.local.advance(timedelta(seconds=0.6))

    outcomes: list[Outcome] = follow(aws, jobs, 1, sleep=advance)
    assert [one.status for one in outcomes] == ["unreached", "completed"]
    assert "no more" in (outcomes[0].reason or "")
    assert len(rounds) == 3


@pytest.mark.long
def test_an_endpoint_that_goes_away(ready: Any, table: Callable[..., str]) -> None:
    """When nobody answers any more, the work is told as not reached, not as failed."""

    def vanish(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://backup")

    aws = ready.aws()
    aws.botocore_session.register("before-call.backup.StartBackupJob", vanish)
    work = _work(PAYMENTS, table("orders", {"1": "x"}))
    [outcome] = start_all(aws, Run("r", "b", "o-acme0001", aws.now), [work], 1)
    assert isinstance(outcome, Outcome)
    assert outcome.status == "unreached"


@pytest.mark.long
def test_a_place_that_throttles(ready: Any, table: Callable[..., str]) -> None:
    """Where AWS only asks for time, jobs are followed on for many rounds, and their ends are told."""
    works = [_work(PAYMENTS, table("orders", {"1": "x"}))]
    asked: list[str] = []

    def throttle(params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        asked.append(params["url_path"])
        if len(asked) < 12:
            return AWSResponse("", 400, {}, None), {"Error": {"Code": "ThrottlingException", "Message": "slower"}}
        return None

    aws = ready.aws()
    aws.botocore_session.register("before-call.backup.ListBackupJobs", throttle)
    run = Run("r", "b", "o-acme0001", aws.now.replace(microsecond=0))
    jobs = [one for one in start_all(aws, run, works, 1) if isinstance(one, Started)]
    outcomes = follow(aws, jobs, 1, sleep=lambda _: ready.local.advance(timedelta(seconds=0.6)))
    assert [one.status for one in outcomes] == ["completed"]
    assert outcomes[0].seconds is not None
