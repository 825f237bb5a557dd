"""A vault into which nothing comes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.arrivals import arrivals
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import seen
from backstay.lint.vaults import called, declared, every_vault


class UnusedVault(Rule):
    """A vault is there for recovery points."""

    CODE = "VLT060"
    NAME = "unused-vault"
    SEVERITY = "advice"
    SUMMARY = "A vault that no rule writes to and no copy goes to"
    WHY = (
        "Probably a rule names another vault, or a copy was forgotten: the second copy that the vault was made for "
        "does not exist. A vault for backups that are made by hand is nobody's schedule; say so in a comment."
    )
    SOURCES = (seen("rollouts in which the copy action was lost on the way"),)
    VALID = (
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, remote], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=remote)])],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
        'cage = AirGappedVault("cage", account="backup-central", min=days(7), max=days(90))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, cage], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, into_air_gapped=cage, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    INVALID = (
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary, remote], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])])',
    )
    WHOLE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Declarations of vaults that no rule and no copy of any account reaches."""
        known = arrivals(context)
        for site in every_vault(context):
            if declared(site.vault) not in known.backups | known.copies:
                yield self.problem(
                    site,
                    None,
                    f"no rule writes to {called(site)}, and no copy goes there",
                    label="nothing comes here",
                    help="let a rule or a copy name it, or remove it",
                )
