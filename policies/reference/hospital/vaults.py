"""The vaults of the hospital: near the data, in the backup account, and air-gapped."""

from backstay import Access, AirGappedVault, Key, Lock, Notify, Vault, days

# Agreed by the board for data protection on 2026-09-30: from then on nobody can shorten what is kept.
DECISION = "board minute 2026-09-30/4"

key = Key("alias/hospital-backup")
no_deletes = Access.deny_deletes(except_=["arn:aws:iam::*:role/backup-emergency"])
alarms = Notify("hospital-backup-alarms", on=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"])

primary = Vault(
    "hospital-primary",
    key=key,
    lock=Lock.compliance(min=days(35), max=days(2557), grace=days(14), acknowledged=DECISION),
    access=no_deletes,
    notify=alarms,
)
central = Vault(
    "hospital-central",
    account="backup-central",
    region="eu-west-1",
    key=key,
    lock=Lock.compliance(min=days(35), max=days(2557), grace=days(14), acknowledged=DECISION),
    access=Access.allow_copies_from(organization=True) + no_deletes,
    notify=alarms,
)
isolated = AirGappedVault(
    "hospital-isolated",
    account="backup-central",
    region="eu-west-1",
    min=days(7),
    max=days(90),
    access=Access.allow_copies_from(organization=True),
)
