"""Vaults: names, locks that AWS refuses or that nobody can undo, doors left open, alarms that never ring."""

from backstay import Access, Lock, Notify, Policy, Vault, days, ou, years

open_policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::100000000001:root"},
         "Action": "backup:StartRestoreJob", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "backup:Delete*", "Resource": "*"},
    ],
}

dotted = Vault("dotted.name", key="alias/backup")
hasty = Vault("hasty", lock=Lock.compliance(min=days(7), max=years(8), grace=days(2), acknowledged="SEC-412"))
brisk = Vault("brisk", lock=Lock.compliance(min=days(7), max=years(8), grace=days(3), acknowledged="SEC-412"))
unsigned = Vault("unsigned", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14)))
crossed = Vault("crossed", lock=Lock.governance(min=days(400), max=days(7)))
beyond = Vault("beyond", lock=Lock.governance(min=days(0), max=years(101)))
boundless = Vault("boundless", lock=Lock.governance())
frozen = Vault("frozen", lock=Lock.governance(min=days(30), max=days(30)))
open_door = Vault("open-door", access=Access.document(open_policy))
silent = Vault("silent", notify=Notify("alarms", on=["BACKUP_JOB_FAILED", "COPY_JOB_FALED"]))
queued = Vault("queued", notify=Notify("alarms.fifo", on=["COPY_JOB_FAILED"]))

locks = Policy(
    "locks",
    attach=ou("Workloads"),
    vaults=[dotted, hasty, brisk, unsigned, crossed, beyond, boundless, frozen, open_door, silent, queued],
)
