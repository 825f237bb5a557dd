"""The tiers of Acme. One tag, `backup-tier`, decides; temporary environments stay out whatever their tier."""

from backstay import Copy, Plan, Rule, Select, daily, days, hourly, hours, monthly, tag, weekly, years

from .vaults import central, dr, primary

lasting = ~tag("env").like("tmp*")

platinum = Plan(
    "platinum",
    rules=[
        Rule("hourly", at=hourly(15), into=primary, keep=days(7), start_within=hours(1), complete_within=hours(2)),
        Rule(
            "daily",
            at=daily("02:30", tz="UTC"),
            into=primary,
            keep=days(35),
            start_within=hours(1),
            complete_within=hours(8),
            copies=[Copy(to=central, keep=days(35)), Copy(to=dr, keep=days(35))],
        ),
    ],
    select=[Select("tier-platinum", where=(tag("backup-tier") == "platinum") & lasting)],
    tags={"tier": "platinum"},
)

gold = Plan(
    "gold",
    rules=[
        Rule(
            "daily",
            at=daily("03:00", tz="Europe/Berlin"),
            into=primary,
            keep=days(35),
            start_within=hours(1),
            complete_within=hours(8),
            copies=[Copy(to=central, keep=days(35))],
        ),
        Rule(
            "monthly",
            at=monthly(1, "05:00", tz="Europe/Berlin"),
            into=primary,
            keep=years(1),
            start_within=hours(1),
            complete_within=hours(20),
            copies=[Copy(to=central, keep=years(1))],
        ),
    ],
    select=[Select("tier-gold", where=(tag("backup-tier") == "gold") & lasting)],
    tags={"tier": "gold"},
)

silver = Plan(
    "silver",
    rules=[
        Rule("daily", at=daily("04:20"), into=primary, keep=days(14), start_within=hours(1), complete_within=hours(8)),
        Rule(
            "weekly",
            at=weekly("sun", "06:10"),
            into=primary,
            keep=days(90),
            start_within=hours(1),
            complete_within=hours(12),
            copies=[Copy(to=central, keep=days(90))],
        ),
    ],
    select=[Select("tier-silver", where=(tag("backup-tier") == "silver") & lasting)],
    tags={"tier": "silver"},
)

bronze = Plan(
    "bronze",
    rules=[
        Rule(
            "weekly",
            at=weekly("sat", "05:40"),
            into=primary,
            keep=days(30),
            start_within=hours(1),
            complete_within=hours(12),
        ),
    ],
    select=[Select("tier-bronze", where=(tag("backup-tier") == "bronze") & lasting)],
    tags={"tier": "bronze"},
)
