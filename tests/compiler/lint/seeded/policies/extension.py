"""A baseline, and what one unit does otherwise."""

from backstay import Plan, Policy, Rule, Select, Vault, Waiver, daily, days, hours, ou, root, tag

primary = Vault("acme-primary", key="alias/acme-backup")

base = Plan(
    "base",
    rules=[
        Rule(
            "daily",
            at=daily("02:00"),
            into=primary,
            keep=days(35),
            start_within=hours(1),
            complete_within=hours(8),
        )
    ],
    select=[Select("base", where=tag("backup") == "base")],
)

baseline = Policy("baseline", attach=root(), plans=[base], vaults=[primary])

longer = Policy(
    "longer",
    attach=ou("Workloads"),
    extends="baseline",
    plans=[Plan("base", rules=[Rule("daily", keep=days(90))])],
    waivers=[
        Waiver(
            "no-off-site-copy",
            on="baseline",
            owner="platform@acme.example",
            reason="copies follow with the second Region",
            expires="2027-03-31",
        )
    ],
)
