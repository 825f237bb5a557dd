"""Every table, and the rows of an audit's facts for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from backstay_agent.audit.tables import of_aws, of_build
from backstay_agent.audit.tables.table import Column, Row, Table, columns
from backstay_agent.controls.facts import Facts, Place

FACTS: tuple[Table, ...] = (
    of_aws.PLACES,
    of_aws.UNREAD,
    of_aws.RESOURCES,
    of_aws.PLANS,
    of_aws.RULES,
    of_aws.COPIES,
    of_aws.VAULTS,
    of_aws.POINTS,
    of_aws.JOBS,
    of_aws.RESTORES,
    of_build.LOCKS_PROMISED,
    of_build.PLANS_PROMISED,
    of_build.DUTIES,
    of_build.WAIVERS,
    of_build.ASKED,
)
"""The tables of what was read, in the order of their documentation."""

UNREAD = of_aws.UNREAD

ACCOUNT = "account"
"""The noun of an account that could not be read at all."""


def _nothing(_: Place, __: datetime) -> tuple[Row, ...]:
    return ()


ACCOUNTS = Table(
    "accounts",
    "The accounts that the audit looked at.",
    columns("""
        name VARCHAR: the account's name
        unit VARCHAR: path of its unit
        governed BOOLEAN: whether the build names it
        organization VARCHAR: the organization's id
        started TIMESTAMP: AWS's time at which the audit began, by which ages are judged
        ended TIMESTAMP: AWS's time at its end
    """),
    (),
    _nothing,
)
"""One row an account, in the folder of the audit's first Region: accounts have no Region."""

FINDINGS = Table(
    "findings",
    "What the controls say: one row for each thing that a control was put to.",
    columns("""
        control VARCHAR: the control
        status VARCHAR: `COMPLIANT`, `NON_COMPLIANT` or `UNKNOWN`
        resource VARCHAR: ARN or name of what was judged; `*` for a place that could not be read
        resource_type VARCHAR: its type
        reason VARCHAR: why
        help VARCHAR: what to do about it
        severity VARCHAR: `error`, `warning` or `advice`
        framework VARCHAR: the framework of the build that asks; empty where nobody narrows it
        asked_by VARCHAR: the requirement, or the kind of job, where several ask of the same thing
        owner VARCHAR: who answers for it, by its tags
        command VARCHAR: what would repair it
    """),
    ("control", "resource", "framework", "asked_by"),
    _nothing,
)

TABLES: tuple[Table, ...] = (ACCOUNTS, *FACTS, FINDINGS)


def named(name: str) -> Table:
    """The table of that name."""
    return next(table for table in TABLES if table.name == name)


def rows(facts: Facts, table: Table) -> Iterator[Row]:
    """The rows of a table with their account and Region, in a fixed order."""
    for place in sorted(facts.places, key=lambda it: (it.account, it.region)):
        for row in table.rows(place, facts.now):
            yield {"account": place.account, "region": place.region, **row}
    if table is UNREAD:
        yield from _unread(facts)
    if table is ACCOUNTS:
        yield from _accounts(facts)


def unread_accounts(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Accounts in a Region that were not read at all, and why; what is said of the Region alone counts first."""
    members = {member.id for member in facts.members}
    read = {(place.account, place.region) for place in facts.places}
    reasons: dict[tuple[str, str], str] = {}
    for unread in sorted(facts.unread, key=lambda it: it.region is not None):
        for region in facts.regions if unread.region is None else (unread.region,):
            if unread.account in members and (unread.account, region) not in read:
                reasons[unread.account, region] = unread.error
    for (account, region), reason in reasons.items():
        yield account, region, reason


def _unread(facts: Facts) -> Iterator[Row]:
    for account, region, reason in sorted(unread_accounts(facts)):
        yield {"account": account, "region": region, "noun": ACCOUNT, "reason": reason}


def _accounts(facts: Facts) -> Iterator[Row]:
    region = min(facts.regions, default="")
    for member in sorted(facts.members, key=lambda it: it.id):
        yield {
            "account": member.id,
            "region": region,
            "name": member.name,
            "unit": member.unit,
            "governed": member.governed,
            "organization": facts.organization,
            "started": facts.now,
            "ended": facts.ended,
        }


def all_columns(table: Table) -> tuple[Column, ...]:
    """A table's columns, account and Region first."""
    return (
        Column("account", "VARCHAR", "the account's twelve digits"),
        Column("region", "VARCHAR", "the Region"),
        *table.columns,
    )
