"""The vaults that the other files share. Nothing is wrong with these two."""

from backstay import Access, Lock, Policy, Vault, days, ou, years

main = Vault("main", key="alias/backup")
central = Vault(
    "central",
    account="backup-central",
    region="eu-west-1",
    key="alias/backup",
    lock=Lock.governance(min=days(7), max=years(8)),
    access=Access.allow_copies_from(organization=True),
)

shared = Policy("shared", attach=ou("Workloads"), vaults=[main, central])
