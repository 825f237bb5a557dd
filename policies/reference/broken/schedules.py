"""When backups start: what AWS refuses, what never comes, and what comes at another time than it reads."""

from backstay import (
    Copy, Plan, Policy, Rule, Select, cron, daily, days, hourly, hours, minutes, monthly, ou, tag, weekly, years,
)

from .vaults import central, main

gold = [Select("gold", where=tag("backup") == "gold")]

refused = Plan(
    "refused",
    rules=[
        Rule("five-fields", at=cron("0 3 * * MON"), into=main, keep=days(35)),
        Rule("every-15-minutes", at=cron("0/15 * ? * * *"), into=main, keep=days(35), start_within=hours(1)),
        Rule("eager", at=daily("04:00"), into=main, keep=days(35), start_within=minutes(30)),
        Rule("in-berlin", at=daily("05:00", tz="Europe/Berlim"), into=main, keep=days(35)),
    ],
    select=gold,
)
misread = Plan(
    "misread",
    rules=[
        Rule("no-schedule", into=main, keep=days(35)),
        Rule("twice-a-day", at=cron("0 13/12 ? * * *"), into=main, keep=days(35)),
        Rule("saturday", at=cron("0 7 ? * 6 *"), into=main, keep=days(35)),
        Rule("every-year", at=cron("0 3 1 */12 ? *"), into=main, keep=years(7)),
        Rule("spring", at=daily("02:30", tz="Europe/Berlin"), into=main, keep=days(35)),
    ],
    select=gold,
)
missed = Plan(
    "missed",
    rules=[
        Rule("leap", at=cron("0 3 30 2 ? *"), into=main, keep=days(35)),
        Rule("month-end", at=monthly(31, "03:00"), into=main, keep=years(1)),
    ],
    select=gold,
)
swallowed = Plan(
    "swallowed",
    rules=[
        Rule("daily", at=daily("03:00"), into=main, keep=days(35), copies=[Copy(to=central, keep=days(90))]),
        Rule("monthly", at=monthly(1, "04:00"), into=main, keep=years(1)),
    ],
    select=gold,
)
windows = Plan(
    "windows",
    rules=[
        Rule("hourly", at=hourly(), into=main, keep=days(7)),
        Rule("backwards", at=weekly("sun", "12:00"), into=main, keep=days(35),
             start_within=hours(8), complete_within=hours(4)),
        Rule("in-seconds", at=weekly("sat", "12:00"), into=main, keep=days(35), complete_within=minutes(604800)),
    ],
    select=gold,
)

schedules = Policy("schedules", attach=ou("Workloads"), plans=[refused, misread, missed, swallowed, windows])
