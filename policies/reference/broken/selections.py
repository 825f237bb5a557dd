"""What plans take: nothing, too much at once, or what cannot be had."""

from backstay import Plan, Policy, Rule, Select, Settings, daily, days, ou, resource, resource_type, tag

from .vaults import main

nightly = [Rule("nightly", at=daily("03:00"), into=main, keep=days(35))]

idle = Plan("idle", rules=nightly)
ruleless = Plan("ruleless", select=[Select("gold", where=tag("backup") == "gold")])
tags = Plan(
    "tags",
    rules=nightly,
    select=[
        Select("prefixed", where=tag("aws:ResourceTag/backup") == "gold"),
        Select("capital", where=tag("Backup") == "gold"),
        Select("misspelt", where=tag("backup") == "glod"),
        Select("many", where=tag("app").isin([f"a{n}" for n in range(31)])),
    ],
)
elsewhere = Plan(
    "elsewhere",
    rules=nightly,
    select=[
        Select("gov-bucket", where=resource("arn:aws-us-gov:s3:::ledger")),
        Select("clusters", where=resource_type("Aurora")),
    ],
)

selections = Policy(
    "selections",
    attach=ou("Workloads"),
    settings=Settings(opt_in={"Aurora": False}),
    plans=[idle, ruleless, tags, elsewhere],
)
