"""One vault with the copies of many accounts, and no lock on it."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.arrivals import arrivals
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.vaults import declared


class UnlockedFanIn(Rule):
    """Copies for the worst day should outlive whoever brings it about."""

    CODE = "VLT017"
    NAME = "unlocked-fan-in"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "A vault that takes copies of other accounts and has no lock"
    WHY = (
        "Such copies are there for the day on which an account is lost to an attacker or a mistake. Without a lock one "
        "administrator of the vault's account deletes the last copies of all accounts at once."
    )
    SOURCES = (guide("vault-lock"), seen("prowler pull 12249"))
    VALID = (
        'locked = Vault("locked", account="backup-central", region="eu-west-1", key="alias/backup",\n'
        "    lock=Lock.governance(min=days(7), max=years(8)),\n"
        "    access=Access.allow_copies_from(organization=True))\n"
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, locked], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=locked)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        "Copy(to=remote)",
    )
    INVALID = ("Copy(to=central)",)

    def check(self, context: Context) -> Iterator[Problem]:
        """Unlocked vaults into which copies of other accounts go."""
        foreign = arrivals(context).foreign
        for site in context.vaults:
            if site.vault.lock is None and declared(site.vault) in foreign:
                yield self.problem(
                    site,
                    None,
                    f"vault `{site.vault.name}` takes the copies of other accounts and has no lock",
                    label="no `lock=`",
                    help="add `lock=Lock.governance(min=days(7), max=years(8))`",
                )
