"""The vaults that the policies share. `backstay rules` explains why each word is here."""

from backstay import Access, Lock, Vault, days, years

# One vault for the copies of the whole organization, in the backup account and in another Region.
central = Vault(
    "central",
    account="backup-central",
    region="eu-west-1",
    key="alias/backup",
    lock=Lock.governance(min=days(7), max=years(8)),
    access=Access.allow_copies_from(organization=True) + Access.deny_deletes(),
)

# One vault in every account and Region that a policy reaches.
primary = Vault(
    "primary",
    key="alias/backup",
    lock=Lock.governance(min=days(7), max=years(8)),
    access=Access.deny_deletes(),
)
