"""A vault that nobody in the account can empty, and weekly copies into it."""

from backstay import (
    AirGappedVault,
    Copy,
    Plan,
    Policy,
    Rule,
    Select,
    Settings,
    Vault,
    cron,
    days,
    hours,
    ou,
    resource_type,
)

primary = Vault("acme-primary", key="alias/acme-backup")
isolated = AirGappedVault("acme-isolated", region="eu-west-1", min=days(14), max=days(400))

isolation = Plan(
    "isolation",
    rules=[
        Rule(
            "weekly",
            at=cron("20 5 ? * SUN *"),
            into=primary,
            keep=days(35),
            start_within=hours(1),
            complete_within=hours(20),
            copies=[Copy(to=isolated, keep=days(90))],
        )
    ],
    select=[Select("files", where=resource_type("EFS"))],
)

production = Policy(
    "production",
    attach=ou("Workloads"),
    plans=[isolation],
    vaults=[primary, isolated],
    settings=Settings(opt_in={"EFS": True}),
)
