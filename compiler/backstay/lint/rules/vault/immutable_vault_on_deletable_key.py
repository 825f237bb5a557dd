"""A vault that nobody can empty, on a key that somebody can delete."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.arrivals import arrivals
from backstay.lint.context import Context
from backstay.lint.copying import on_aws_key
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import VaultSite
from backstay.lint.source import guide, seen
from backstay.lint.vaults import declared
from backstay_aws import arns


class ImmutableVaultOnDeletableKey(Rule):
    """Who deletes the key deletes the backups."""

    CODE = "VLT022"
    NAME = "immutable-vault-on-deletable-key"
    SEVERITY = "advice"
    SUMMARY = "A compliance-locked vault on a key of its own account, with no copy in another account"
    WHY = (
        "The lock keeps recovery points from being deleted; it does not keep their key from it. An administrator of "
        "the account schedules the deletion of the key, and after 7 to 30 days what the key encrypts is there and "
        "unreadable for ever. A copy in another account is under another key."
    )
    SOURCES = (guide("encryption"), seen("nationalarchives/terraform-aws-immutable-aws-backup, why use this module"))
    VALID = (
        'cage = Vault("cage", key="arn:aws:kms:eu-central-1:100000000002:key/1",\n'
        '    lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-1"))\n'
        'policy = Policy("p", attach=account("app"), regions=["eu-central-1"], vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'cage = Vault("cage", key="alias/backup",\n'
        '    lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-1"))\n'
        'policy = Policy("p", attach=account("app"), vaults=[cage, central], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(35), copies=[Copy(to=central)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'cage = Vault("cage", key="alias/backup",\n'
        '    lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-1"))\n'
        'policy = Policy("p", attach=account("app"), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    WHOLE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Compliance-locked vaults that rules write into, whose recovery points no rule copies to another account."""
        known = arrivals(context)
        for site in context.vaults:
            lock = site.vault.lock
            alone = declared(site.vault) in known.backups - known.sources
            if lock is not None and lock.mode == "compliance" and alone and _at_home(site):
                yield self.problem(
                    site,
                    "key",
                    f"nobody can empty vault `{site.vault.name}`, but whoever deletes its key makes it unreadable",
                    label="a key of the vault's own account",
                    help="copy its recovery points to another account, or use a key of another account",
                    others=[(site.where.field("lock"), "locked for ever")],
                )


def _at_home(site: VaultSite) -> bool:
    """Whether the key is one of the vault's account that can be deleted."""
    key = arns.parse(site.vault.key_arn or "")
    return key is not None and not on_aws_key(site.vault) and key.account in (ACCOUNT, *site.accounts)
