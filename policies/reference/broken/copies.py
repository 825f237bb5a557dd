"""Copies: to nowhere, to strangers, to closed doors, and with keys that do not travel."""

from backstay import (
    Access, AirGappedVault, Copy, Defaults, Plan, Policy, Rule, Select, Vault, account, daily, days, hourly, hours,
    monthly, ou, resource_type, tag, years,
)

from .vaults import central, main

gold = [Select("gold", where=tag("backup") == "gold")]
keyless = Vault("keyless")
keyless_far = Vault("keyless-far", region="eu-west-1")
closed = Vault("closed", account="backup-central", region="eu-west-1", key="alias/backup")
forgotten = Vault("forgotten", region="eu-west-1")

nowhere = Plan(
    "nowhere",
    rules=[
        Rule("lost", at=daily("01:25"), into="primry", keep=days(35)),
        Rule("round", at=daily("12:25"), into=main, keep=days(35), copies=[Copy(to=main), Copy(to=forgotten)]),
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

# From an account of their own.
stay = Vault("stay", key="alias/backup", access=Access.allow_copies_to(accounts=["management"]))
cage = AirGappedVault("cage", min=days(7), max=days(90), key="alias/backup")
far_cage = AirGappedVault("far-cage", account="backup-central", min=days(7), max=days(90), key="alias/backup")
top = Vault(
    "top", account="management", region="eu-central-1", key="alias/backup",
    access=Access.allow_copies_from(organization=True),
)
borrowed = Vault(
    "borrowed", account="backup-central", region="eu-west-1", key="arn:aws:kms:eu-west-1:100000000033:alias/backup",
    access=Access.allow_copies_from(organization=True),
)

hurried = Plan(
    "hurried",
    rules=[
        # Of a resource AWS works at one job at a time.
        Rule("hourly", at=hourly(15), into=main, keep=days(14), start_within=hours(1), complete_within=hours(2),
             copies=[Copy(to=central)]),
    ],
    select=[Select("volumes", where=resource_type("EBS") & (tag("tier") == "one"))],
)
travels = Plan(
    "travels",
    defaults=Defaults(start_within=hours(1)),
    rules=[
        # `stay` lets copies out to the management account only.
        Rule("held-back", at=daily("02:00"), into=stay, keep=days(35), copies=[Copy(to=central)]),
        Rule("upwards", at=daily("12:00"), into=main, keep=days(35), copies=[Copy(to=top)]),  # to those who rule
        # Whoever takes the account has the key of its copy as well.
        Rule("on-our-key", at=daily("22:00"), into=main, keep=days(90), copies=[Copy(to=borrowed)]),
        # Cold here, warm there.
        Rule("monthly", at=monthly(1, "07:00"), into=main, keep=years(7), cold_after=days(30),
             copies=[Copy(to=central)]),
    ],
    select=gold,
)
overseas = Plan(
    "overseas",
    rules=[
        # Nobody uses this Region, and AWS copies no file systems there.
        Rule("gulf", at=daily("04:00"), into=main, keep=days(35),
             copies=[Copy(to="arn:aws:backup:me-south-1:100000000002:backup-vault:gulf")]),
    ],
    select=[Select("files", where=resource_type("FSx"))],
)
caged = Plan(
    "caged",
    rules=[
        # Into one vault twice; and what is backed up into must be of the same account.
        Rule("again", at=daily("05:00"), into=main, into_air_gapped=cage, keep=days(35), copies=[Copy(to=cage)]),
        Rule("away", at=daily("17:00"), into=main, into_air_gapped=far_cage, keep=days(90)),
    ],
    select=[Select("files", where=resource_type("EFS"))],
)

exports = Policy(
    "exports",
    attach=account("exporting"),
    vaults=[main, central, stay, cage, far_cage, top, borrowed],
    plans=[hurried, travels, overseas, caged],
)
