"""Recovery points that nobody will ever be able to delete."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Vault
from backstay.lint.context import Context
from backstay.lint.kept import Kept, all_kept, landings
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class ForeverInComplianceVault(Rule):
    """What is kept for ever in a compliance vault is there for ever."""

    CODE = "LIF015"
    NAME = "forever-in-compliance-vault"
    SEVERITY = "error"
    SUMMARY = "No retention, into a vault under a compliance lock"
    WHY = (
        "Once the lock date has passed, nobody (not root, not AWS) can delete such a recovery point or give it "
        "an end. It is billed until the account is closed, and the vault can never be removed."
    )
    SOURCES = (guide("vault-lock"),)
    VALID = (
        'cage = Vault("cage", lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-1"))\n'
        'policy = Policy("p", attach=root(), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'cage = Vault("cage", lock=Lock.compliance(min=days(7), grace=days(14), acknowledged="SEC-1"))\n'
        'policy = Policy("p", attach=root(), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage)],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules and copies without a retention; a lock with a maximum refuses them, which another rule says."""
        for one in all_kept(context):
            if one.lifecycle.delete_after is None:
                for vault, accounts in landings(context, one):
                    if vault.lock and vault.lock.mode == "compliance" and vault.lock.maximum is None:
                        yield self._told(one, vault, accounts)

    def _told(self, one: Kept, vault: Vault, accounts: tuple[str, ...] | None) -> Problem:
        return self.problem(
            one.site,
            "keep",
            f"{one.name} keeps recovery points for ever in `{vault.name}`, whose compliance lock never lets go of them",
            label="for ever",
            help="say how long: `keep=years(7)`",
            others=[(vault.where.field("lock"), "in compliance mode")],
            accounts=accounts,
        )
