"""Copies: to nowhere, to strangers, to closed doors, and with keys that do not travel."""

from backstay import Copy, Plan, Policy, Rule, Select, Vault, daily, days, ou, resource_type, tag

from .vaults import central, main

gold = [Select("gold", where=tag("backup") == "gold")]
keyless = Vault("keyless")
keyless_far = Vault("keyless-far", region="eu-west-1")
closed = Vault("closed", account="backup-central", region="eu-west-1", key="alias/backup")
forgotten = Vault("forgotten", region="eu-west-1")

nowhere = Plan(
    "nowhere",
    rules=[
        Rule("lost", at=daily("01:00"), into="primry", keep=days(35)),
        Rule("round", at=daily("12:00"), into=main, keep=days(35), copies=[Copy(to=main), Copy(to=forgotten)]),
    ],
    select=gold,
)
strangers = Plan(
    "strangers",
    rules=[
        Rule("daily", at=daily("03:00"), into=main, keep=days(35), copies=[
            Copy(to="arn:aws:backup:eu-west-1:999999999999:backup-vault:elsewhere"),
            Copy(to="arn:aws-cn:backup:cn-north-1:100000000002:backup-vault:far"),
            Copy(to="arn:aws:backup:eu-west-1:100000000002:backup-vault:Default"),
            Copy(to=closed),
            Copy(to=central),
            Copy(to=central, keep=days(7)),
        ]),
    ],
    select=gold,
)
keys = Plan(
    "keys",
    rules=[
        Rule("out", at=daily("03:00"), into=keyless, keep=days(35), copies=[Copy(to=central)]),
        Rule("over", at=daily("15:00"), into=main, keep=days(35), copies=[Copy(to=keyless_far)]),
    ],
    select=[Select("volumes", where=resource_type("EBS"))],
)
warehouse = Plan(
    "warehouse",
    rules=[Rule("daily", at=daily("03:00"), into=main, keep=days(35), copies=[Copy(to=central)])],
    select=[Select("warehouse", where=resource_type("Redshift Serverless"))],
)

copies = Policy(
    "copies",
    attach=ou("Workloads"),
    vaults=[keyless, keyless_far, closed],
    plans=[nowhere, strangers, keys, warehouse],
)
