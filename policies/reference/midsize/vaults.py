"""The vaults of Acme: near the data, in the other Region, and in an account that workload admins cannot enter."""

from backstay import Access, Lock, Notify, Vault, days

# Nobody deletes by hand; the emergency role exists in every account and is watched.
no_deletes = Access.deny_deletes(except_=["arn:aws:iam::*:role/backup-emergency"])

alarms = Notify("acme-backup-alarms", on=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"])

primary = Vault(
    "acme-primary",
    key="alias/acme-backup",
    lock=Lock.governance(min=days(7), max=days(400)),
    access=no_deletes,
    notify=alarms,
)

dr = Vault(
    "acme-dr",
    region="eu-central-1",
    key="alias/acme-backup",
    lock=Lock.governance(min=days(7), max=days(400)),
    access=no_deletes,
)

central = Vault(
    "acme-central",
    account="backup-central",
    region="eu-west-1",
    key="alias/acme-backup",
    lock=Lock.governance(min=days(7), max=days(400)),
    access=Access.allow_copies_from(organization=True) + no_deletes,
)
