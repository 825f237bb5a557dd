"""Continuous backup, beyond what it can do."""

from backstay import Plan, Policy, Rule, Select, Vault, daily, days, ou, resource_type

from .vaults import main

second = Vault("second", key="alias/backup")

databases = Plan(
    "pitr-databases",
    rules=[
        Rule("too-long", at=daily("03:00"), into=main, keep=days(90), continuous=True),
        Rule("too-cold", at=daily("11:30"), into=main, cold_after=days(8), keep=days(35), continuous=True),
        Rule("endless", at=daily("20:00"), into=main, continuous=True),
        Rule("elsewhere", at=daily("15:45"), into=second, keep=days(35), continuous=True),
    ],
    select=[Select("databases", where=resource_type("RDS"))],
)
volumes = Plan(
    "pitr-volumes",
    rules=[Rule("snapshots", at=daily("03:00"), into=main, keep=days(35), continuous=True)],
    select=[Select("volumes", where=resource_type("EBS"))],
)

continuous = Policy("continuous", attach=ou("Workloads"), vaults=[second], plans=[databases, volumes])
