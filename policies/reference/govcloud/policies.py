"""Backups of an agency in AWS GovCloud (US). There are no logically air-gapped vaults in this partition."""

from backstay import (
    Access,
    Copy,
    Lock,
    Notify,
    Plan,
    Policy,
    Rule,
    Select,
    Settings,
    Vault,
    account,
    daily,
    days,
    hours,
    ou,
    tag,
    years,
)

no_deletes = Access.deny_deletes()
primary = Vault(
    "agency-primary",
    key="alias/agency-backup",
    lock=Lock.governance(min=days(7), max=days(400)),
    access=no_deletes,
    notify=Notify("agency-backup-alarms", on=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"]),
)
west = Vault(
    "agency-west",
    account="backup-central",
    region="us-gov-west-1",
    key="alias/agency-backup",
    lock=Lock.governance(min=days(7), max=days(400)),
    access=Access.allow_copies_from(organization=True) + no_deletes,
)

missions = Plan(
    "missions",
    rules=[
        Rule(
            "daily",
            at=daily("06:00"),
            into=primary,
            keep=days(30),
            start_within=hours(1),
            complete_within=hours(12),
            copies=[Copy(to=west, keep=years(1))],
        )
    ],
    select=[Select("missions", where=tag("backup") == "daily")],
)
development = Plan(
    "development",
    rules=[
        Rule("daily", at=daily("07:00"), into=primary, keep=days(7), start_within=hours(1), complete_within=hours(12))
    ],
    select=[Select("development", where=tag("backup") == "daily")],
)

production = Policy(
    "production",
    attach=ou("Missions/Prod") | account("log-archive"),
    plans=[missions],
    vaults=[primary, west],
    settings=Settings(cross_account_copies=True),
)
others = Policy("others", attach=ou("Missions/Dev"), plans=[development], vaults=[primary])
