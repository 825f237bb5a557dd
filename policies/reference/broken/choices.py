"""Selections that do not say what is meant, and options for what is not selected."""

from backstay import (
    Plan,
    Policy,
    Rule,
    Scan,
    Select,
    Settings,
    Waiver,
    account,
    daily,
    days,
    ou,
    resource,
    resource_type,
    tag,
)

from .vaults import main

nightly = [Rule("nightly", at=daily("03:30"), into=main, keep=days(35))]

words = Plan(
    "words",
    rules=nightly,
    select=[
        Select("either", where=resource_type("RDS") | (tag("tier") == "gold")),
        Select("asterisk", where=tag("env") == "prod*"),
        Select("no-asterisk", where=tag("env").like("test")),
        Select("question", where=tag("env").like("test-?")),
        Select("never", where=(tag("stage") == "live") & (tag("stage") == "idle")),
        Select("most", where=tag("keep-out") != "yes"),
        Select("pasted", where=tag("tier ") == "silver"),
        Select("in-gold", where=(tag("tier") == "gold") & (tag("env") == "prod")),
        Select("tests", where=tag("awsbackup-restore-test").like("*")),
    ],
)
arns = Plan(
    "arns",
    rules=nightly,
    select=[
        Select("databases", where=resource("arn:aws:rds:*")),
        Select("function", where=resource("arn:aws:lambda:*:*:function:bill")),
        Select("logs", where=resource("arn:aws:s3:::*-logs")),
        Select("strange", where=resource("arn:aws:dynamodb:*:100000000002:table/orders")),
        Select("far", where=resource("arn:aws:dynamodb:us-east-1:*:table/orders")),
    ],
)
roles = Plan(
    "roles",
    rules=nightly,
    select=[
        Select("by-admin", where=tag("role") == "admin", role="OrganizationAccountAccessRole"),
        Select("by-other", where=tag("role") == "other", role="arn:aws:iam::100000000002:role/backup/Runner"),
        Select("by-default", where=tag("role") == "default", role="AWSBackupDefaultServiceRole"),
    ],
)
options = Plan(
    "options",
    rules=[Rule("daily", at=daily("05:30"), into=main, keep=days(35), index=["EBS", "S3"])],
    select=[Select("buckets", where=resource_type("S3") & (tag("papers") == "yes"))],
    vss=True,
    tags={"aws:plan": "options"},
)
unscanned = Plan(
    "unscanned",
    rules=[Rule("daily", at=daily("06:30"), into=main, keep=days(35), scan="FULL_SCAN")],
    select=[Select("scanned", where=tag("scan") == "full")],
    tags={f"tag-{n}": "x" for n in range(51)},
)
idle_scan = Plan(
    "idle-scan",
    rules=[Rule("daily", at=daily("07:30"), into=main, keep=days(35))],
    select=[Select("scanned", where=tag("scan") == "some")],
    scan=Scan(types=["RDS"], role="backup/Scanner"),
)
everything = Plan("everything", rules=nightly, select=[Select.everything()])

choices = Policy(
    "choices",
    attach=ou("Workloads"),
    settings=Settings(opt_in={"S3": False}),
    plans=[words, arns, roles, options, unscanned, idle_scan],
    waivers=[
        Waiver("kept-forever", on="exceptions/held/waived", owner="somebody@broken.example",
               reason="until the archive is there", expires="2027-03-31"),
    ],
)
of_all = Policy("of-all", attach=account("backup-central"), vaults=[main], plans=[everything])
