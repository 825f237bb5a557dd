"""Tiering of a vault that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, plain
from backstay.lint.tested import standing

_ALL = "*"


class TieringOfUndeclaredVault(Rule):
    """Tiering names a vault that is there."""

    CODE = "CST007"
    NAME = "tiering-of-undeclared-vault"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A tiering configuration of a vault that no policy declares in its account and Region"
    WHY = "Nothing moves to the cheaper tier, or AWS refuses the configuration; the vault that was meant stays dear."
    SOURCES = (api("TieringConfigurationInputForCreate"), plain("a wrong name means another vault"))
    VALID = ('Tiering("warm", vault=primary, after=days(60))', 'Tiering("warm", after=days(60))')
    INVALID = ('Tiering("warm", vault="primry", after=days(60))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Names of vaults that the place does not have."""
        for site in context.tiering:
            known, name = standing(site.shape), site.tiering.vault
            if name != _ALL and name not in known:
                close = difflib.get_close_matches(name, known, 1, 0.6)
                yield self.problem(
                    site,
                    "vault",
                    f"tiering `{site.tiering.name}` is of vault `{name}`, which no policy declares there",
                    label="no such vault",
                    here=True,
                    help=f"did you mean `{close[0]}`?" if close else "name a vault that a policy declares there",
                )
