"""Retentions that a locked vault refuses."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Vault
from backstay.lint.context import Context
from backstay.lint.kept import Kept, all_kept, landings
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import guide
from backstay.lint.words import days
from backstay_aws.lifecycle import within_lock


class RetentionOutsideLock(Rule):
    """A locked vault takes only what lives within its bounds."""

    CODE = "VLT013"
    NAME = "retention-outside-lock"
    SEVERITY = "error"
    SUMMARY = "A rule or copy whose retention the vault's lock refuses"
    WHY = (
        "Every job of the rule fails (“the lifecycle is outside the valid range for backup vault”), so there are no "
        "backups at all; for a copy, the backup succeeds and the copy fails. After the lock date of a compliance lock "
        "the bounds cannot be changed any more."
    )
    SOURCES = (guide("vault-lock"),)
    VALID = (
        'cage = Vault("cage", lock=Lock.governance(min=days(7), max=days(400)))\n'
        'policy = Policy("p", attach=root(), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=cage, keep=days(400))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'cage = Vault("cage", lock=Lock.governance(min=days(7), max=days(400)))\n'
        'policy = Policy("p", attach=root(), vaults=[cage], plans=[Plan("gold",\n'
        '    rules=[Rule("monthly", at=monthly(1, "03:00"), into=cage, keep=years(7))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'cage = Vault("cage", account="backup-central", region="eu-west-1", lock=Lock.governance(min=days(90)))\n'
        'policy = Policy("p", attach=root(), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=cage)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules and copies against the locks of the vaults in which their recovery points land."""
        for one in all_kept(context):
            for vault, accounts in landings(context, one):
                lock = vault.lock
                if lock and not within_lock(one.lifecycle.delete_after, lock.minimum, lock.maximum):
                    yield self._told(one, vault, accounts)

    def _told(self, one: Kept, vault: Vault, accounts: tuple[str, ...] | None) -> Problem:
        lock, keep = vault.lock, one.lifecycle.delete_after
        assert lock is not None
        low = keep is not None and lock.minimum is not None and keep < lock.minimum
        bound = f"at least {days(lock.minimum)}" if low else f"at most {days(lock.maximum)}"
        span = "for " if keep is not None else ""
        job = "backup" if isinstance(one.site, RuleSite) else "copy"
        return self.problem(
            one.site,
            "keep",
            f"{one.name} keeps recovery points {span}{days(keep)}; vault `{vault.name}` is locked to {bound}",
            label=days(keep),
            help=f"keep {bound}" + ("" if lock.mode == "compliance" else ", or change the lock"),
            notes=[f"every {job} job of this rule would fail from its first run"],
            others=[(lock.where.field("min" if low else "max"), bound)],
            accounts=accounts,
        )
