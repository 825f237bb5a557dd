"""Vaults again: keys, topics, tags and policies that do not do what they say, and air gaps with holes."""

from backstay import (
    Access,
    AirGappedVault,
    Copy,
    Lock,
    Notify,
    Plan,
    Policy,
    Require,
    Rule,
    Scan,
    Select,
    Vault,
    account,
    daily,
    days,
    ou,
    resource_type,
    tag,
    years,
)

from .vaults import main

gold = [Select("gold", where=tag("backup") == "gold")]

closed_to_all = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Principal": "*", "Resource": "*", "Action": [
            "backup:DeleteRecoveryPoints",
            "backup:StartRestoreJob",
            "backup:PutBackupVaultAccessPolicy",
            "backup:DeleteBackupVaultAccessPolicy",
        ]},
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::100000000010:role/admin"}, "Resource": "*",
         "Action": "backup:DeleteRecoveryPoint"},
        {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::100000000010:role/emergency"}, "Resource": "*",
         "Action": "backup:UpdateRecoveryPointLifecycle"},
        {"Effect": "Deny", "Action": "backup:DisassociateRecoveryPoint", "Resource": "*"},
    ],
}

default = Vault("Default", key="alias/backup")
twin = Vault("Main", key="alias/backup")
renamed = Vault("renamed", key="alias/backup", moved="main")
bottomless = Vault("bottomless", key="alias/backup", lock=Lock.governance(max=years(8)))
endless = Vault(
    "endless", key="alias/backup", lock=Lock.compliance(min=days(7), grace=days(14), acknowledged="SEC-412")
)
someday = Vault(
    "someday",
    key="alias/backup",
    lock=Lock.compliance(min=days(7), max=years(8), grace=years(10), acknowledged="SEC-412"),
)
abroad = Vault("abroad", region="eu-west-1", key="arn:aws:kms:eu-central-1:100000000010:key/1")
cheerful = Vault(
    "cheerful",
    key="alias/backup",
    notify=Notify("arn:aws:sns:eu-north-1:100000000010:alarms", on=["COPY_JOB_SUCCESSFUL"]),
)
labelled = Vault("labelled", key="alias/backup", tags={"aws:owner": "backup"})
hollow = Vault("hollow", key="alias/backup", access=Access.deny_deletes(except_=["arn:aws:iam::*:role/*"]))
guests = Vault("guests", key="alias/backup", access=Access.allow_copies_from(accounts=["999999999999"]))
fortress = Vault("fortress", key="alias/backup", access=Access.document(closed_to_all))
short = Vault(
    "short",
    region="eu-central-1",
    key="alias/backup",
    lock=Lock.compliance(min=days(7), max=years(1), grace=days(14), acknowledged="SEC-412"),
)

week = AirGappedVault("week", min=days(3), max=days(90), key="alias/backup")
near = AirGappedVault("near", min=days(7), max=days(90))
beside = AirGappedVault("beside", min=days(7), max=days(90))
lost = AirGappedVault("lost", min=days(7), max=days(90))

gap = Plan(
    "gap",
    rules=[
        Rule("alone", at=daily("01:10"), into=main, into_air_gapped=near, keep=days(35), continuous=True),
        Rule("indexed", at=daily("05:10"), into=main, into_air_gapped=near, keep=days(35), index=["S3"],
             scan="FULL_SCAN", copies=[Copy(to=beside)]),
        Rule("astray", at=daily("11:10"), into=main, into_air_gapped=lost, keep=days(35)),
        Rule("north", at=daily("15:10"), into=main, keep=days(35),
             into_air_gapped="arn:aws:backup:ca-west-1:100000000010:backup-vault:north"),
        Rule("copied", at=daily("19:10"), into=main, keep=days(35), copies=[Copy(to=near)]),
    ],
    scan=Scan(types=["EBS"], role="backup/Scanner"),
    select=[
        Select("rows", where=resource_type("RDS")),
        Select("clusters", where=resource_type("Aurora")),
        Select("volumes", where=resource_type("EBS")),
        Select("files", where=resource_type("EFS")),
    ],
)
yearly = Plan("yearly", rules=[Rule("daily", at=daily("03:00"), into=short, keep=days(35))], select=gold)

cages = Policy(
    "cages",
    attach=ou("Workloads"),
    vaults=[
        default, twin, renamed, bottomless, endless, someday, abroad, cheerful, labelled, hollow, guests, fortress,
        week, near, beside,
    ],
    plans=[gap],
)
vaulted = Policy("vaulted", attach=account("locked"), vaults=[short], plans=[yearly])
governed = Policy(
    "governed",
    attach=account("management"),
    regions=["eu-central-1"],
    vaults=[bottomless],
    plans=[Plan("governed", rules=[Rule("daily", at=daily("03:00"), into=bottomless, keep=days(35))], select=gold)],
)

ledger = Require(
    "the ledger is kept for seven years", every=tag("backup") == "gold", under=account("locked"), keep=years(7),
)
frozen = Require(
    "backups of the management account cannot be deleted", every=tag("backup") == "gold",
    under=account("management"), regions=["eu-central-1"], immutable=True,
)
