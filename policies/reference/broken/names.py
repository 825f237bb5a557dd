"""Names that AWS refuses, and more of a thing than it takes."""

from backstay import Plan, Policy, Rule, Select, daily, days, hours, ou, tag

from .vaults import main

gold = [Select("gold", where=tag("backup") == "gold")]

spaced = Plan("spaced", rules=[Rule("every day", at=daily("03:00"), into=main, keep=days(35))], select=gold)
long_name = Plan(
    "a-plan-whose-name-says-everything-that-could-be-said-of-it",
    rules=[Rule("daily", at=daily("03:00"), into=main, keep=days(35), tags={f"tag-{n}": "x" for n in range(11)})],
    select=gold,
)
crowded = Plan(
    "crowded",
    rules=[
        Rule(f"at-{n}", at=daily(f"{2 * n:02}:20"), into=main, keep=days(35), start_within=hours(1)) for n in range(11)
    ],
    select=gold,
)

names = Policy("names", attach=ou("Workloads"), plans=[spaced, long_name, crowded])
