"""Whether the latest backup and copy jobs of a resource went well."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled
from backstay_agent.controls.facts import Job, Place
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql, day_and_time


def check(job: Job, _: Place, __: Parameters, ___: datetime) -> Verdict:
    """It was completed: not in part, not too late, not aborted."""
    told = f"the latest {job.kind} job of {job.created:%Y-%m-%d %H:%M} UTC"
    if job.state == "COMPLETED":
        return met(f"{told} was completed")
    because = f": {job.message}" if job.message else ""
    return failed(f"{told} ended as {job.state}{because}")


def sql(_: Parameters) -> Sql:
    """The same."""
    told = f"'the latest ' || s.kind || ' job of ' || {day_and_time('s.created')}"
    return Sql(
        status="CASE WHEN s.state = 'COMPLETED' THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END",
        reason=f"""CASE WHEN s.state = 'COMPLETED' THEN {told} || ' was completed'
            ELSE {told} || ' ended as ' || s.state
                || CASE WHEN s.message IS NULL OR s.message = '' THEN '' ELSE ': ' || s.message END END""",
    )


CONTROL = Control(
    name="jobs-succeed",
    short="jobs succeed",
    title=titled("latest backup and copy jobs succeeded"),
    kind="latest job",
    needs=frozenset({"jobs"}),
    remedy="Read the job's message; `backstay doctor` says what would stop the next one.",
    check=check,
    sql=sql,
    command="backstay doctor BUILD --account {account}",
)
