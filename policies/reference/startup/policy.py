"""Backups of a start-up: everything tagged for it, every day for five weeks and every month for a year."""

from backstay import (
    Access,
    Lock,
    Plan,
    Policy,
    Rule,
    Select,
    Vault,
    daily,
    days,
    hours,
    monthly,
    ou,
    tag,
    years,
)

vault = Vault(
    "startup",
    key="alias/startup-backup",
    lock=Lock.governance(min=days(7), max=years(2)),
    access=Access.deny_deletes(),
)

everyday = Plan(
    "everyday",
    rules=[
        Rule("daily", at=daily("04:00"), into=vault, keep=days(35), start_within=hours(1), complete_within=hours(12)),
        Rule(
            "monthly",
            at=monthly(1, "06:00"),
            into=vault,
            keep=years(1),
            start_within=hours(1),
            complete_within=hours(12),
        ),
    ],
    select=[Select("tagged", where=tag("backup-tier").isin(["daily", "prod"]))],
)

startup = Policy("startup", attach=ou("Workloads"), plans=[everyday], vaults=[vault])
