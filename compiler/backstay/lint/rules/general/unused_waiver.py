"""A waiver that silences nothing."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain


class UnusedWaiver(Rule):
    """An exception to nothing is to be removed."""

    CODE = "GEN016"
    NAME = "unused-waiver"
    SEVERITY = "warning"
    SUMMARY = "A waiver that silences nothing"
    WHY = (
        "Either the matter has been repaired and the waiver is left over, ready to hide the next one; or `on=` does "
        "not name what it should."
    )
    SOURCES = (plain("an exception that nothing needs"),)
    VALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary)],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])],\n'
        '    waivers=[Waiver("kept-forever", on="p/gold/daily", owner="ops", reason="legal", expires="2099-12-31")])',
    )
    INVALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])],\n'
        '    waivers=[Waiver("kept-forever", on="p/gold/daily", owner="ops", reason="legal", expires="2099-12-31")])',
    )
    ABOUT_SILENCE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Waivers in force, of rules that ran, without a finding."""
        for site in context.silence.waivers:
            waiver = site.waiver
            over = waiver.expires < context.now.isoformat()
            if waiver.rule in context.silence.ran and not site.used and not over:
                yield self.problem(
                    site,
                    "on",
                    f"the waiver of `{waiver.rule}` on `{waiver.on}` silences nothing",
                    label="no such finding here",
                    help="remove it, or name `policy`, `policy/plan`, `policy/plan/rule` or `policy/vault`",
                    fix=mend.removed(waiver.where.span, "the waiver"),
                )
