"""A vault that took its name from one that is still there."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain


class MovedFromStandingVault(Rule):
    """`moved=` names a vault that no policy declares any more."""

    CODE = "VLT057"
    NAME = "moved-from-standing-vault"
    SEVERITY = "warning"
    SUMMARY = "A vault whose former name is that of a vault which is still declared"
    WHY = (
        "`moved=` says that the old vault is left behind until its last recovery point is gone. While a policy still "
        "declares it, it is kept and changed as ever, and `moved=` means nothing; probably the old declaration was "
        "forgotten, and rules still write to it."
    )
    SOURCES = (plain("a vault cannot be both the former one and a present one"),)
    VALID = ('Vault("new", key="alias/backup", moved="old")',)
    INVALID = ('Vault("new", moved="primary")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Vaults with a former name that another vault of the place has."""
        for site in context.vaults:
            before = site.vault.moved
            standing = None if before is None else site.shape.vault(before) or site.shape.air_gapped(before)
            if standing is not None:
                yield self.problem(
                    site,
                    "moved",
                    f"vault `{site.vault.name}` was called `{before}` before, and `{before}` is still declared",
                    label="still there",
                    help=f"remove one of the two: the declaration of `{before}`, or `moved=`",
                    others=[(standing.where.field("name"), "declared here")],
                )
