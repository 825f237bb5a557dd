"""What every workload gets: a tag decides, `backup = daily` or `backup = long`."""

from backstay import Copy, Plan, Policy, Rule, Select, Settings, daily, days, hours, monthly, ou, tag, years

from .vaults import central, primary

everyday = Plan(
    "everyday",
    rules=[
        Rule(
            "daily",
            at=daily("03:00", tz="Europe/Berlin"),
            into=primary,
            keep=days(35),
            start_within=hours(2),
            complete_within=hours(12),
            copies=[Copy(to=central, keep=days(90))],
        ),
    ],
    select=[Select("daily", where=tag("backup").isin(["daily", "long"]))],
)

archive = Plan(
    "archive",
    rules=[
        Rule(
            "monthly",
            at=monthly(1, "07:00", tz="Europe/Berlin"),
            into=primary,
            keep=years(1),
            start_within=hours(2),
            complete_within=hours(24),
            copies=[Copy(to=central, keep=years(7))],
        ),
    ],
    select=[Select("long", where=tag("backup") == "long")],
)

baseline = Policy(
    "baseline",
    attach=ou("Workloads/Prod"),
    plans=[everyday, archive],
    vaults=[primary, central],
    settings=Settings(cross_account_copies=True),
)
