"""Tiers by criticality. Retention is a parameter: a unit may ask for more."""

from backstay import Copy, Defaults, Plan, Role, Rule, Select, cron, daily, days, hours, monthly, param, tag

from .vaults import isolated, primary, second, third

backups = Role("backup/BankBackups", manage=True)
usual = Defaults(into=primary, start_within=hours(1), complete_within=hours(3))

critical = Plan(
    "critical",
    role=backups,
    defaults=usual,
    rules=[
        Rule("four-hourly", at=cron("0 0/4 ? * * *"), keep=days(14), copies=[Copy(to=second)]),
        Rule(
            "daily",
            at=daily("01:30", tz="Europe/Berlin"),
            keep=param("daily-retention", days(35)),
            copies=[Copy(to=second), Copy(to=third)],
            complete_within=hours(8),
        ),
        Rule("monthly", at=monthly(1, "02:45"), keep=days(2557), copies=[Copy(to=third)], complete_within=hours(20)),
    ],
    select=[Select("critical", where=tag("criticality") == "critical")],
    tags={"dora": "critical-function"},
)

important = Plan(
    "important",
    role=backups,
    defaults=usual,
    rules=[
        Rule(
            "daily",
            at=daily("02:10"),
            keep=param("daily-retention", days(35)),
            copies=[Copy(to=second)],
            complete_within=hours(8),
        ),
        Rule("monthly", at=monthly(2, "04:10"), keep=days(2557), copies=[Copy(to=third)], complete_within=hours(20)),
    ],
    select=[Select("important", where=tag("criticality") == "important")],
)

# A copy behind glass for what can go there, beside the plan that already protects it.
isolation = Plan(
    "isolation",
    role=backups,
    defaults=usual,
    rules=[
        Rule(
            "weekly",
            at=cron("20 5 ? * SUN *"),
            keep=days(35),
            copies=[Copy(to=isolated, keep=days(90))],
            complete_within=hours(20),
        )
    ],
    select=[Select("files", where=(tag("criticality") == "critical") & (tag("store") == "files"))],
)

usual_tests = Plan(
    "test-data",
    role=backups,
    rules=[
        Rule(
            "weekly",
            at=cron("40 4 ? * SAT *"),
            into=primary,
            keep=days(14),
            start_within=hours(1),
            complete_within=hours(10),
        )
    ],
    select=[Select("wanted", where=tag("backup") == "weekly")],
)
