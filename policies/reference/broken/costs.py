"""Costs: snapshots that add nothing, many full backups, years of frequent ones, tiers that AWS does not have."""

from backstay import (
    Defaults, Plan, Policy, Rule, Select, Tiering, account, daily, days, hourly, hours, resource_type, tag, years,
)

from .vaults import main

usual = Defaults(into=main, start_within=hours(1), complete_within=hours(4))

databases = Plan(
    "databases",
    defaults=usual,
    rules=[
        Rule("log", at=daily("03:00"), keep=days(35), continuous=True),
        Rule("snapshots", at=hourly(30, every=4), keep=days(14)),  # the log restores any second of these
    ],
    select=[Select("databases", where=resource_type("RDS"))],
)
tables = Plan(
    "tables",
    defaults=usual,
    rules=[Rule("often", at=hourly(0, every=4), keep=days(35))],  # 210 full backups of each
    select=[Select("tables", where=resource_type("DynamoDB"))],
)
volumes = Plan(
    "volumes",
    defaults=usual,
    rules=[Rule("four-a-day", at=hourly(45, every=6), keep=years(3))],  # four a day for three years
    select=[Select("volumes", where=resource_type("EBS") & (tag("backup") == "gold"))],
)

costs = Policy(
    "costs",
    attach=account("costly"),
    vaults=[main],
    plans=[databases, tables, volumes],
    tiering=[
        Tiering("early", vault=main, after=days(30)),  # sixty days at least
        Tiering("late", vault=main, after=days(90)),  # a vault has one
        Tiering("files", after=days(60), types=["S3", "EFS"]),  # S3 only
        Tiering("misspelt", vault="mian", after=days(60)),
    ],
)
