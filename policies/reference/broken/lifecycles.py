"""How long recovery points live: too short, too long, in the wrong order, or not at all."""

from backstay import (
    Copy, Lock, Plan, Policy, Rule, Select, Vault, daily, days, monthly, ou, resource_type, tag, weekly, years,
)

from .vaults import central, main

gold = [Select("gold", where=tag("backup") == "gold")]
sealed = Vault("sealed", key="alias/backup", lock=Lock.compliance(min=days(7), grace=days(14), acknowledged="SEC-412"))
narrow = Vault("narrow", key="alias/backup", lock=Lock.governance(min=days(30), max=days(400)))

cold = Plan(
    "cold",
    rules=[
        Rule("too-short", at=monthly(1, "03:00"), into=main, cold_after=days(30), keep=days(100),
             copies=[Copy(to=central, cold_after=days(365), keep=days(120))]),
        Rule("too-soon", at=monthly(2, "03:00"), into=main, cold_after=days(3), keep=days(120)),
    ],
    select=gold,
)
warm_only = Plan(
    "warm-only",
    rules=[Rule("archive", at=monthly(1, "03:00"), into=main, cold_after=days(30), keep=years(7))],
    select=[Select("databases", where=resource_type("RDS")), Select("volumes", where=resource_type("EBS"))],
)
counted = Plan(
    "counted",
    rules=[
        Rule("forever", at=daily("01:00"), into=main),
        Rule("zero", at=daily("07:00"), into=main, keep=days(0)),
        Rule("seven-years", at=monthly(1, "14:00"), into=main, keep=days(2555)),
    ],
    select=gold,
)
gaps = Plan("gaps", rules=[Rule("weekly", at=weekly("sun", "03:00"), into=main, keep=days(5))], select=gold)
inverted = Plan(
    "inverted",
    rules=[
        Rule("daily", at=daily("03:00"), into=main, keep=years(1)),
        Rule("monthly", at=monthly(1, "18:00"), into=main, keep=days(35)),
    ],
    select=gold,
)
brief = Plan("brief", rules=[Rule("daily", at=daily("03:00"), into=main, keep=days(3))], select=gold)
locked_out = Plan(
    "locked-out",
    rules=[
        Rule("daily", at=daily("03:00"), into=narrow, keep=days(14)),
        Rule("monthly", at=monthly(1, "18:00"), into=narrow, keep=years(7)),
        Rule("for-good", at=weekly("sun", "12:00"), into=sealed),
    ],
    select=gold,
)

lifecycles = Policy(
    "lifecycles",
    attach=ou("Workloads"),
    vaults=[sealed, narrow],
    plans=[cold, warm_only, counted, gaps, inverted, brief, locked_out],
)
