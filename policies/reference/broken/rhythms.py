"""When, how long, how continuously: schedules that mean something else, tiers with holes, promises nobody keeps."""

from backstay import (
    Copy, Plan, Policy, Require, Rule, Select, Vault, account, cron, daily, days, hours, minutes, monthly, ou,
    resource_type, tag, weekly, years,
)

from .vaults import central, main

aside = Vault("aside", key="alias/backup")
gold = [Select("gold", where=tag("backup") == "gold")]
buckets = [Select("buckets", where=resource_type("S3"))]

misleading = Plan(
    "misleading",
    rules=[
        Rule("every-hour", at=cron("0 5/1 ? * * *"), into=main, keep=days(7), start_within=hours(1)),
        Rule("month-end", at=cron("15 3 ? * FRI#5 *"), into=main, keep=years(1)),
        Rule("last-day", at=cron("30 3 ? * L *"), into=main, keep=years(1)),
        Rule("weekend", at=cron("45 3 ? * SAT-SUN *"), into=main, keep=days(35)),
        Rule("pilot", at=cron("0 12 1 * ? 2027-2029"), into=main, keep=years(1)),
        Rule("new-york", at=daily("13:30", tz="Etc/GMT+5"), into=main, keep=days(35)),
        Rule("weekly", at=daily("19:30"), into=main, keep=days(35), start_within=hours(1), complete_within=hours(3)),
    ],
    select=gold,
)
twins = Plan(
    "twins",
    rules=[
        Rule("night", at=daily("02:00"), into=main, keep=days(14)),
        Rule("morning", at=daily("06:00"), into=main, keep=days(35)),
    ],
    select=gold,
)
crowd = [
    Plan(
        name,
        rules=[Rule("weekly", at=weekly("sun", "22:00"), into=main, keep=days(9), index=["EFS"])],
        select=[Select(name, where=tag("tier") == name)],
    )
    for name in ("one", "two", "three", "four")
]
holes = Plan(
    "holes",
    rules=[
        Rule("daily", at=daily("03:00"), into=main, keep=days(7)),
        Rule("monthly", at=monthly(1, "20:00"), into=main, keep=years(1), archive=True),
    ],
    select=gold,
)
archived = Plan(
    "archived",
    rules=[
        Rule("weekly", at=weekly("sat", "03:00"), into=main, cold_after=days(30), keep=years(1), archive=True),
        Rule("daily", at=daily("15:00"), into=main, keep=days(35),
             copies=[Copy(to=central, keep=years(1), cold_after=days(30))]),
    ],
    select=[Select("databases", where=resource_type("RDS")), Select("volumes", where=resource_type("EBS"))],
)
apart = Plan(
    "apart",
    rules=[
        Rule("log", at=daily("01:45"), into=main, keep=days(35), continuous=True, copies=[Copy(to=central)]),
        Rule("short-log", at=daily("13:45"), into=main, keep=days(7), continuous=True),
        Rule("snapshot", at=weekly("mon", "07:45"), into=aside, keep=days(90)),
    ],
    select=buckets,
)
logs = Plan(
    "logs",
    rules=[
        Rule("rare", at=weekly("tue", "02:15"), into=aside, keep=days(35), continuous=True),
        Rule("expiring", at=weekly("wed", "02:15"), into=aside, keep=days(7), continuous=True),
    ],
    select=[Select("databases", where=resource_type("RDS"))],
)

rhythms = Policy(
    "rhythms",
    attach=ou("Workloads"),
    vaults=[aside],
    plans=[misleading, twins, *crowd, holes, archived, apart, logs],
)
lonely = Policy(
    "lonely",
    attach=account("streaming"),
    vaults=[main],
    plans=[
        Plan(
            "only-logs",
            rules=[Rule("log", at=daily("02:00"), into=main, keep=days(35), continuous=True)],
            select=[Select("databases", where=resource_type("RDS"))],
        )
    ],
)
promise = Require(
    "backups of backups", every=tag("backup") == "gold", under=account("streaming"), types=["RDS"], keep=years(1),
    rpo=minutes(5),
)
