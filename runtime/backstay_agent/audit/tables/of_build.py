"""The tables of what the build says of a place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from backstay_agent.audit.tables.table import Row, Table, columns, of
from backstay_agent.controls.facts import Duty, Place

LOCKS_PROMISED = Table(
    "locks_promised",
    "Vault locks that the build promises.",
    columns("""
        vault VARCHAR: the vault's name
        arn VARCHAR: the vault's ARN
        min_days INTEGER: least days
        max_days INTEGER: most days
        grace_days INTEGER: days of grace of a compliance lock; empty in governance mode
        origin VARCHAR: `file:line` of the policy
    """),
    ("vault",),
    lambda place, _: (of(row) for row in place.locks_promised),
)

PLANS_PROMISED = Table(
    "plans_promised",
    "Backup plans that the build promises, each with how AWS's differs.",
    columns("""
        plan VARCHAR: the plan's name
        differences VARCHAR[]: how what AWS has differs, in words
        origin VARCHAR: `file:line` of the policy
    """),
    ("plan",),
    lambda place, _: (of(row) for row in place.plans_promised),
)


def terms(duty: Duty) -> str:
    """What is asked, in one text: duties with the same terms ask the same of a rule."""
    asked = {name: value for name, value in of(duty).items() if name not in ("require", "resource", "sure", "origin")}
    told = (f"{name}={','.join(value) if isinstance(value, tuple) else value}" for name, value in asked.items())
    return " ".join(one for one in told if not one.endswith(("=None", "=False", "=")))


def _duties(place: Place, _: datetime) -> Iterator[Row]:
    return (of(duty, terms=terms(duty)) for duty in place.duties)


DUTIES = Table(
    "duties",
    "What requirements (`Require`) ask of resources: one row for each requirement and resource that it means.",
    columns("""
        require VARCHAR: the requirement's name
        resource VARCHAR: ARN of the resource
        sure BOOLEAN: whether it is meant for certain, not only if a tag that it lacks counts
        terms VARCHAR: everything that is asked, in one text
        keep_days INTEGER: days that recovery points and copies are to be kept
        rpo_seconds BIGINT: longest time between two backups
        other_region BOOLEAN: whether a copy in another Region is asked for
        other_account BOOLEAN: whether a copy in another account is asked for
        air_gapped BOOLEAN: whether a copy in an air-gapped vault is asked for
        locked BOOLEAN: whether vaults are to be locked
        immutable BOOLEAN: whether nobody may be able to lift the lock
        tested_days INTEGER: within how many days restoring is to be tried
        continuous VARCHAR: whether its type can be backed up continuously: `yes`, `no` or `unknown`
        cannot VARCHAR[]: ways of copying that its type cannot go
        unsaid VARCHAR[]: ways of copying of which AWS does not say
        origin VARCHAR: `file:line` of the policy
    """),
    ("terms", "resource", "require"),
    _duties,
)

WAIVERS = Table(
    "waivers",
    "Exceptions that the policies make to rules of the linter; they stand in the management account.",
    columns("""
        rule VARCHAR: the rule
        on VARCHAR: what is excused: `policy`, `policy/plan` or `policy/plan/rule`
        owner VARCHAR: who answers for it
        reason VARCHAR: why
        expires DATE: its last day
        origin VARCHAR: `file:line` of the policy
    """),
    ("rule", "on"),
    lambda place, _: (of(row) for row in place.waivers),
)


def _asked(place: Place, _: datetime) -> Iterator[Row]:
    for row in place.asked:
        yield of(row, parameters=dict(sorted(row.parameters.items())), tag=list(row.tag or ()))


ASKED = Table(
    "asked",
    "What the frameworks of the build ask: controls with parameters and scope.",
    columns("""
        framework VARCHAR: the framework's name
        control VARCHAR: the control's name
        parameters MAP(VARCHAR, VARCHAR): its parameters
        types VARCHAR[]: resource types that it is narrowed to
        ids VARCHAR[]: resources that it is narrowed to
        tag VARCHAR[]: key and value of the tag that it is narrowed to; an empty value stands for any
    """),
    ("framework", "control"),
    _asked,
)
