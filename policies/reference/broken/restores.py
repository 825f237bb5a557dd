"""Restore tests: of nothing, of what is not there, too seldom, too often, or not as AWS takes them."""

from backstay import (
    Plan, Policy, RestoreSelect, RestoreTest, Rule, Select, Vault, account, cron, daily, days, hours, resource_type,
    tag, weekly,
)

from .vaults import main

aside = Vault("aside", key="alias/backup")
databases = Plan(
    "databases",
    rules=[
        Rule("daily", at=daily("03:00"), into=main, keep=days(35)),
        Rule("weekly", at=weekly("sun", "13:00"), into=aside, keep=days(90)),  # no test looks into this vault
    ],
    select=[Select("databases", where=resource_type("RDS"))],
)
ledgers = ["arn:aws:rds:eu-central-1:100000000031:db:ledger"]

tests = [
    RestoreTest("by-hand", at=weekly("mon", "06:00"), vaults=[main], types=["RDS"]),  # `_`, not `-`
    RestoreTest("no_types", at=weekly("mon", "07:00"), vaults=[main]),  # restores nothing
    RestoreTest("summer", at=cron("0 6 31 6 ? *"), vaults=[main], types=["RDS"]),  # June has 30 days
    RestoreTest("logs", at=weekly("tue", "06:00"), vaults=[main], types=["RDS"], points=["CONTINUOUS"]),  # snapshots
    # A year back at most.
    RestoreTest("long_ago", at=weekly("tue", "07:00"), vaults=[main], types=["RDS"], look_back=days(366)),
    RestoreTest("machines", at=weekly("tue", "08:00"), vaults=[main], types=["VirtualMachine"]),  # cannot be tested
    RestoreTest("files", at=weekly("wed", "06:00"), vaults=[main], types=["FSx"]),  # into which subnet?
    RestoreTest("ledger", at=weekly("wed", "07:00"), vaults=[main], select=[
        RestoreSelect("both", type="RDS", where=tag("backup") == "gold", resources=ledgers),  # one or the other
    ]),
    RestoreTest("ledgers", at=weekly("wed", "08:00"), vaults=[main], select=[
        RestoreSelect("many", type="RDS", resources=[f"{ledgers[0]}-{n}" for n in range(31)]),  # thirty at most
    ]),
    RestoreTest("all_of_it", at=daily("09:00"), vaults=[main], types=["RDS"]),  # every day every database
    RestoreTest("slowly", at=daily("10:00"), vaults=[main], select=[
        # Still there when the next run restores it again.
        RestoreSelect("gold", type="RDS", where=tag("backup") == "gold", validate_within=hours(48)),
    ]),
]

restores = Policy(
    "restores", attach=account("restored"), vaults=[main, aside], plans=[databases], restore_tests=tests,
)

# Elsewhere: a vault that nothing fills, and the last three days of a vault that is filled every week.
vault = Vault("vault", key="alias/backup")
idle = Vault("idle", key="alias/backup")
sundays = Plan(
    "sundays",
    rules=[Rule("weekly", at=weekly("sun", "03:00"), into=vault, keep=days(35))],
    select=[Select("gold", where=tag("backup") == "gold")],
)
seldom = Policy(
    "seldom",
    attach=account("settled"),
    vaults=[vault, idle],
    plans=[sundays],
    restore_tests=[
        RestoreTest("idly", at=weekly("thu", "06:00"), vaults=[idle], types=["RDS"]),
        RestoreTest("thursdays", at=weekly("thu", "07:00"), vaults=[vault], types=["RDS"], look_back=days(3)),
    ],
)
