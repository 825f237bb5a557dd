"""Backups of a public body, as its auditors found them and as it keeps them."""

from backstay import (
    Access,
    Copy,
    Lock,
    Plan,
    Policy,
    RestoreTest,
    Rule,
    Select,
    Settings,
    Vault,
    Waiver,
    account_tag,
    cron,
    days,
    hours,
    ou,
    tag,
)

no_deletes = Access.deny_deletes()
source = Vault("council-source", key="alias/council-backup", access=no_deletes)
destination = Vault(
    "council-destination",
    account="backup-destination",
    region="eu-west-2",
    key="alias/council-backup",
    lock=Lock.compliance(min=days(365), max=days(365), grace=days(14), acknowledged="CHG0041873"),
    access=Access.allow_copies_from(organization=True) + no_deletes,
)


def rule(name: str, schedule: str, kept: int, cold: int | None = None) -> Rule:
    """A rule of this body: one hour to start, six to end, a copy of a year."""
    return Rule(
        name,
        at=cron(schedule),
        into=source,
        keep=days(kept),  # backstay: allow years-of-365-days — the records schedule counts 365 days a year
        cold_after=None if cold is None else days(cold),
        start_within=hours(1),
        complete_within=hours(6),
        # backstay: allow years-of-365-days — the records schedule counts 365 days a year
        copies=[Copy(to=destination, keep=days(365))],
    )


live = Plan(
    "live",
    rules=[
        rule("daily", "30 0 ? * * *", 35),
        rule("weekly", "0 3 ? * SUN *", 90),
        rule("monthly", "0 6 1 * ? *", 2555),
    ],
    select=[Select("production", where=(tag("is-production") == "true") & (tag("backup") != "false"))],
    vss=True,
)
test = Plan(
    "non-production",
    rules=[
        Rule(
            "daily",
            at=cron("30 1 ? * * *"),
            into=source,
            keep=days(14),
            start_within=hours(1),
            complete_within=hours(6),
        )
    ],
    select=[Select("asked-for", where=(tag("is-production") == "false") & (tag("backup") == "true"))],
)

services = Policy(
    "services",
    attach=ou("Services/Live") & (account_tag("is-production") == "true"),
    plans=[live],
    vaults=[source, destination],
    settings=Settings(cross_account_copies=True),
    restore_tests=[
        RestoreTest(
            "weekly",
            at=cron("0 1 ? * SUN *"),
            vaults=[source],
            types=["RDS", "S3", "DynamoDB"],
            start_within=hours(1),
            latest=True,
            look_back=days(7),
        )
    ],
    waivers=[
        Waiver(
            "narrow-lock",
            on="services/council-destination",
            owner="records@council.example",
            reason="the records schedule says one year, neither more nor less; every copy says so too",
            expires="2027-10-31",
        ),
        Waiver(
            "copy-shorter-than-source",
            on="services/live/monthly",
            owner="records@council.example",
            reason="copies are against the loss of an account, not for the archive: a year of them is enough",
            expires="2027-10-31",
        ),
    ],
)
others = Policy(
    "others",
    attach=ou("Services") & (account_tag("is-production") == "false"),
    plans=[test],
    vaults=[source],
)
