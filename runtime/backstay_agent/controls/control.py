"""A control: a question about one thing in one place, its parameters, and what to do when the answer is no."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar, assert_never

from backstay_agent.controls.facts import Duty, Job, LockPromise, Noun, Place, PlanPromise, Waived
from backstay_agent.controls.facts import Plan as PlanRow
from backstay_agent.controls.facts import Point as PointRow
from backstay_agent.controls.facts import Resource as ResourceRow
from backstay_agent.controls.facts import Vault as VaultRow
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql
from backstay_contract.findings import Severity, Status

Kind = Literal[
    "resource",
    "plan",
    "vault",
    "recovery point",
    "stored point",
    "promised lock",
    "promised plan",
    "duty",
    "latest job",
    "waiver",
]
"""`stored point`: also one that has expired. `latest job`: the newest of a kind for a resource that has ended."""
S = TypeVar("S")

PASSING = ("CREATING", "DELETING", "EXPIRED")
"""States of a recovery point that is not whole yet, or to be there no more: nothing is asked of it."""
NOT_STORED = ("CREATING", "DELETING")
ENDED = ("ABORTED", "COMPLETED", "EXPIRED", "FAILED", "PARTIAL")
"""States of a job that will not change any more (Backup API `BackupJobState`, `CopyJobState`; read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a control says of one subject, and why, in words that need no knowledge of the control."""

    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a control judges, as a finding names it: its ARN, or its name where there is none, and its type.

    `by` is what asks for it, where several may: the name of a requirement.
    """

    row: Any
    name: str
    type: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Control(Generic[S]):
    """One control.

    `name` is AWS's (or ours, in kebab case), `short` a column's heading, `title` what holds when it is met, in the
    words of its parameters. `needs` are the nouns without which nothing can be said. `check` is pure: subject, place,
    parameters and AWS's time → verdict. `sql` says the same over the audit's tables; a test holds the two equal.
    `command` is what would repair a finding, `{account}` standing for the account's id.
    """

    name: str
    short: str
    title: Callable[[Parameters], str]
    kind: Kind
    needs: frozenset[Noun]
    remedy: str
    check: Callable[[S, Place, Parameters, datetime], Verdict]
    sql: Callable[[Parameters], Sql]
    severity: Severity = "error"
    command: str | None = None


def met(reason: str) -> Verdict:
    """The control holds."""
    return Verdict("COMPLIANT", reason)


def failed(reason: str) -> Verdict:
    """The control does not hold."""
    return Verdict("NON_COMPLIANT", reason)


def unsure(reason: str) -> Verdict:
    """Nobody can say; never the same as holding."""
    return Verdict("UNKNOWN", reason)


def titled(text: str) -> Callable[[Parameters], str]:
    """A title that no parameter changes."""
    return lambda _: text


def subjects(kind: Kind, place: Place) -> tuple[Subject, ...]:
    """The things of a kind in a place, in a fixed order."""
    rows: Iterable[Any]
    match kind:
        case "resource":
            rows = place.resources
        case "plan":
            rows = place.plans
        case "vault":
            rows = place.vaults
        case "recovery point":
            rows = (point for point in place.points if point.status not in PASSING)
        case "stored point":
            rows = (point for point in place.points if point.status not in NOT_STORED)
        case "promised lock":
            rows = place.locks_promised
        case "promised plan":
            rows = place.plans_promised
        case "duty":
            rows = place.duties
        case "latest job":
            rows = latest_jobs(place)
        case "waiver":
            rows = place.waivers
        case _:
            assert_never(kind)
    return tuple(sorted((_subject(row, place) for row in rows), key=_order))


def latest_jobs(place: Place) -> Iterable[Job]:
    """For each resource and kind of job the newest one that has ended."""
    found: dict[tuple[str, str], Job] = {}
    for job in sorted(place.jobs, key=lambda it: (it.created, it.id)):
        if job.state in ENDED:
            found[job.resource, job.kind] = job
    return found.values()


def _order(subject: Subject) -> tuple[str, str, str]:
    return subject.name, subject.type, subject.by or ""


def _subject(row: Any, place: Place) -> Subject:
    match row:
        case ResourceRow():
            return Subject(row, row.arn, row.type)
        case PlanRow():
            return Subject(row, row.arn, "AWS::Backup::BackupPlan")
        case VaultRow() | LockPromise():
            return Subject(row, row.arn, "AWS::Backup::BackupVault")
        case PointRow():
            return Subject(row, row.arn, "AWS::Backup::RecoveryPoint")
        case PlanPromise():
            arn = next((plan.arn for plan in place.plans if plan.name == row.plan), None)
            return Subject(row, arn or row.plan, "AWS::Backup::BackupPlan")
        case Duty():
            known = place.resources_by_arn.get(row.resource)
            return Subject(row, row.resource, known.type if known else "", row.require)
        case Job():
            return Subject(row, row.resource, row.resource_type, row.kind)
        case Waived():
            return Subject(row, f"{row.rule} on {row.on}", "waiver")
        case _:
            raise TypeError(f"{type(row).__name__} is no row of an audit")
