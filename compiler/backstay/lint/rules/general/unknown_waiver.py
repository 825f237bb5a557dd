"""A waiver of a rule that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain


class UnknownWaiver(Rule):
    """A waiver names a rule."""

    CODE = "GEN015"
    NAME = "unknown-waiver"
    SEVERITY = "error"
    SUMMARY = "A waiver of a rule that does not exist"
    WHY = "It silences nothing, though its owner believes that the exception is on record."
    SOURCES = (plain("no rule has that name or code"),)
    VALID = ()
    INVALID = (
        'policy = Policy("p", attach=root(), vaults=[primary], plans=[Plan("gold",\n'
        '    rules=[Rule("daily", at=daily("03:00"), into=primary)],\n'
        '    select=[Select("gold", where=tag("backup") == "gold")])],\n'
        '    waivers=[Waiver("keept-forever", on="p/gold/daily", owner="ops", reason="legal", expires="2099-12-31")])',
    )
    ABOUT_SILENCE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Waivers whose rule is not in the catalogue."""
        for site in context.silence.waivers:
            name = site.waiver.rule
            if name not in context.silence.known:
                close = difflib.get_close_matches(name, sorted(context.silence.known), 1)
                yield self.problem(
                    site,
                    "rule",
                    f"the waiver on `{site.waiver.on}` is for `{name}`, which is no rule",
                    label="no such rule",
                    help=f"did you mean `{close[0]}`?" if close else "`backstay rules` lists them",
                )
