"""What is backed up, and how: `data-class` decides."""

from backstay import Copy, Defaults, Plan, Rule, Select, daily, days, hours, monthly, resource_type, tag

from .vaults import central, isolated, primary

usual = Defaults(into=primary, start_within=hours(1), complete_within=hours(10))
patient = tag("data-class") == "patient"

# Scenarios 1 and 5: daily for five weeks, monthly for seven years, both copied into the backup account.
records = Plan(
    "patient-records",
    defaults=usual,
    rules=[
        Rule("daily", at=daily("01:30"), keep=days(35), copies=[Copy(to=central, keep=days(2557))]),
        Rule("monthly", at=monthly(1, "04:30"), keep=days(2557), copies=[Copy(to=central)]),
    ],
    select=[Select("patient", where=patient & (tag("backup") != "off"))],
    tags={"regime": "patient-records"},
)

# File systems can move to cold storage: seven years cost less there.
images = Plan(
    "images",
    defaults=usual,
    rules=[
        Rule(
            "monthly",
            at=monthly(2, "02:30"),
            keep=days(2557),
            cold_after=days(90),
            copies=[Copy(to=central, cold_after=days(90))],
        )
    ],
    select=[Select("images", where=resource_type("EFS") & patient)],
)

# Scenario 6: any second of the last five weeks, for what can do that.
continuous = Plan(
    "point-in-time",
    defaults=usual,
    rules=[Rule("continuous", at=daily("00:30"), keep=days(35), continuous=True)],
    select=[
        Select("databases", where=resource_type("RDS") & patient),
        Select("buckets", where=resource_type("S3") & patient),
    ],
)

# Scenario 3: a copy that no role of the organization can touch.
isolation = Plan(
    "isolation",
    defaults=usual,
    rules=[Rule("nightly", at=daily("03:30"), keep=days(35), copies=[Copy(to=isolated, keep=days(90))])],
    select=[
        Select("file-systems", where=resource_type("EFS") & patient),
        Select("buckets", where=resource_type("S3") & patient),
    ],
)
