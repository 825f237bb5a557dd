"""Copies between accounts are switched on and nobody makes any."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.attachments import whole_organization
from backstay.lint.context import Context
from backstay.lint.copying import travellers
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain

SETTING = "isCrossAccountBackupEnabled"


class UnusedCrossAccountCopies(Rule):
    """A door that nobody uses is better shut."""

    CODE = "ACC033"
    NAME = "unused-cross-account-copies"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "Copies between accounts are switched on, and no rule copies to another account"
    WHY = (
        "The setting lets recovery points leave every account of the organization for every other that takes them in. "
        "Without a rule that needs it, it serves only whoever copies data out by hand; or a copy that was meant is "
        "missing."
    )
    SOURCES = (guide("manage-cross-account"), plain("what is allowed and not used serves only those who misuse it"))
    VALID = ("Copy(to=central)",)
    INVALID = ("Copy(to=remote)",)

    def check(self, context: Context) -> Iterator[Problem]:
        """One problem for the organization, at the setting."""
        on = dict(context.model.global_settings).get(SETTING) == "true"
        if on and not any(travellers(site) for site in context.copies):
            yield self.problem(
                whole_organization(context),
                "cross_account_copies",
                "copies between accounts are switched on, and no rule copies to another account",
                label="not needed by any rule",
                help="add the copy that was meant, or take the setting out",
            )
