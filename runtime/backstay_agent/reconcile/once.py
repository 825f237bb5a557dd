"""One round of every task, one after another: for cron, for tests, and for AWS Lambda."""

from __future__ import annotations

from collections.abc import Sequence

from backstay_agent.jobs.clock import backup_time
from backstay_agent.reconcile.agent import Agent
from backstay_agent.reconcile.findings import Result, TaskName
from backstay_agent.reconcile.time_of_aws import TimeOfAws


def clock_of(agent: Agent) -> TimeOfAws:
    """AWS Backup's clock, asked through the agent's own way."""
    home = agent.source.build.home or agent.aws.region
    return TimeOfAws(lambda: backup_time(agent.aws, home))


def once(agent: Agent, tasks: Sequence[TaskName]) -> list[Result]:
    """A round of each task; fewer results when it was stopped on the way."""
    clock = clock_of(agent)
    agent.pay(clock.now)
    rounds = (agent.round(task, clock.refresh()) for task in tasks)
    results = [result for result in rounds if result is not None]
    agent.save()
    return results
