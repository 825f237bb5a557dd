"""A vault on a key that cannot be shared."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT, Vault
from backstay.lint.arrivals import arrivals
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.vault_statements import account_of, policy_statements
from backstay.lint.vaults import Declared, declared
from backstay_aws.access_shape import COPY_INTO


class VaultOnAwsKey(Rule):
    """A vault's key is chosen once."""

    CODE = "VLT004"
    NAME = "vault-on-aws-key"
    SEVERITY = "advice"
    SUMMARY = "A vault on an AWS-managed key"
    WHY = (
        "Nobody can change the policy of `aws/backup`, so no other account can ever be let in to it: most types cannot "
        "be copied out of the account from there, nor into the vault. The key of a vault is fixed for good; another "
        "key means another vault. A warning where the vault's policy lets other accounts copy into it. Where a copy "
        "of these policies already needs the key, the rules about copies say so instead."
    )
    SOURCES = (guide("encryption"), api("CreateBackupVault"))
    VALID = ('Vault("cage", key="alias/cage")', 'AirGappedVault("cage", min=days(7), max=days(90))')
    INVALID = (
        'Vault("cage")',
        'Vault("cage", key="alias/aws/backup", access=Access.allow_copies_from(organization=True))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Vaults without a key of one's own."""
        known = arrivals(context)
        spoken = known.copies | known.sources
        open_ = frozenset(_open(context))
        for site in context.vaults:
            vault = site.vault
            if _on_backups_own(vault) and declared(vault) not in spoken:
                lets_in = declared(vault) in open_
                yield self.problem(
                    site,
                    "key",
                    f"vault `{vault.name}` is on AWS's own key"
                    + (", and lets other accounts copy into it" if lets_in else ""),
                    label="AWS's own key" if vault.key_arn else "no `key=`",
                    help='give it a key of your own: `key="alias/backup"`',
                    severity="warning" if lets_in else None,
                )


def _on_backups_own(vault: Vault) -> bool:
    """Whether a vault is on `aws/backup`; of other services' keys another rule speaks."""
    return vault.key_arn is None or vault.key_arn.endswith("alias/aws/backup")


def _open(context: Context) -> Iterator[Declared]:
    """The vaults whose policies let other accounts copy into them."""
    for one in policy_statements(context):
        copies = one.allows and one.named(frozenset({COPY_INTO.casefold()}))
        if copies and any(name == "*" or _outside(name, one.site.accounts) for name in one.principals):
            yield declared(one.site.vault)


def _outside(principal: str, owners: tuple[str, ...]) -> bool:
    """Whether a principal is of another account than the vault, for one of its owners at least."""
    account = account_of(principal)
    return account not in (None, ACCOUNT) and (len(owners) > 1 or account not in owners)
