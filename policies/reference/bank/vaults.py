"""The vaults of the bank: primary in every account, copies in two other Regions, one account that stands apart."""

from backstay import Access, AirGappedVault, Key, Lock, Notify, Vault, days

# Decided by the ICT risk committee on 2026-06-12 (DORA, article 12): retention can only be shortened by the calendar.
DECISION = "ICT risk committee 2026-06-12/3"

key = Key("alias/bank-backup", manage=True)
no_deletes = Access.deny_deletes(except_=["arn:aws:iam::*:role/backup-emergency"])
from_us = Access.allow_copies_from(organization=True)
alarms = Notify("bank-backup-alarms", on=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED"])
locked = Lock.compliance(min=days(14), max=days(2557), grace=days(30), acknowledged=DECISION)

primary = Vault("bank-primary", key=key, lock=locked, access=no_deletes, notify=alarms)
second = Vault("bank-second", region="eu-west-1", key=key, lock=locked, access=no_deletes)
third = Vault(
    "bank-third", account="backup-central", region="eu-north-1", key=key, lock=locked, access=from_us + no_deletes
)
isolated = AirGappedVault(
    "bank-isolated", account="backup-isolated", region="eu-west-1", min=days(14), max=days(400), access=from_us
)
