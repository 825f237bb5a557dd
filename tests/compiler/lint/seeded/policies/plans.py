"""Daily and monthly backups, with copies in another Region and in the backup account."""

from backstay import (
    Access,
    Copy,
    Lock,
    Plan,
    Policy,
    Rule,
    Select,
    Settings,
    Vault,
    daily,
    days,
    hours,
    monthly,
    ou,
    tag,
)

primary = Vault("acme-primary", key="alias/acme-backup", lock=Lock.governance(min=days(7), max=days(500)))
dr = Vault(
    "acme-dr",
    region="eu-west-1",
    key="alias/acme-backup",
    lock=Lock.governance(min=days(7), max=days(500)),
)
central = Vault(
    "acme-central",
    account="backup-central",
    region="eu-west-1",
    key="alias/acme-backup",
    lock=Lock.governance(min=days(30), max=days(500)),
    access=Access.allow_copies_from(organization=True),
)

gold = Plan(
    "gold",
    rules=[
        Rule(
            "daily",
            at=daily("01:30", tz="Europe/Berlin"),
            into=primary,
            keep=days(35),
            start_within=hours(1),
            complete_within=hours(8),
            copies=[Copy(to=dr, keep=days(36))],
        ),
        Rule(
            "monthly",
            at=monthly(1, "04:30"),
            into=primary,
            keep=days(400),
            cold_after=days(30),
            start_within=hours(2),
            complete_within=hours(20),
            copies=[Copy(to=central, keep=days(410), cold_after=days(60))],
        ),
    ],
    select=[Select("gold", where=tag("backup") == "gold")],
    vss=True,
    tags={"owner": "platform"},
)

production = Policy(
    "production",
    attach=ou("Workloads"),
    regions=["eu-central-1"],
    plans=[gold],
    vaults=[primary, dr, central],
    settings=Settings(cross_account_copies=True),
)
