"""What is taken: by tags that must all hold, by types, and by the ARN of one database; continuously where that goes."""

from backstay import (
    Plan,
    Policy,
    Rule,
    Select,
    Settings,
    Vault,
    cron,
    daily,
    days,
    hours,
    ou,
    resource,
    resource_type,
    tag,
)

primary = Vault("acme-primary", key="alias/acme-backup")

data = Plan(
    "data",
    rules=[
        Rule(
            "any-second",
            at=daily("00:15"),
            into=primary,
            keep=days(34),
            continuous=True,
            start_within=hours(1),
            complete_within=hours(8),
        ),
        Rule(
            "weekly",
            at=cron("40 4 ? * SUN *"),
            into=primary,
            keep=days(90),
            start_within=hours(1),
            complete_within=hours(12),
        ),
    ],
    select=[
        Select("databases", where=resource_type("RDS") & (tag("env") == "prod") & ~tag("owner").like("tmp*")),
        Select("ledger", where=resource("arn:aws:dynamodb:eu-central-1:100000000010:table/ledger")),
    ],
)

settings = Settings(opt_in={"RDS": True, "DynamoDB": True, "EBS": True})
production = Policy("production", attach=ou("Workloads"), plans=[data], vaults=[primary], settings=settings)
