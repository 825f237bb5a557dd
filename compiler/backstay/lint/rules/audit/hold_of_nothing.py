"""Legal holds that name neither a vault nor a resource."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide


class HoldOfNothing(Rule):
    """A legal hold says what it holds."""

    CODE = "AUD043"
    NAME = "hold-of-nothing"
    SEVERITY = "warning"
    SUMMARY = "A legal hold that names neither vaults nor resources"
    WHY = (
        "AWS does not say what such a hold is about: nothing, or every recovery point of the account. The first "
        "betrays a court, the second keeps everything, and its bill, until somebody cancels the hold."
    )
    SOURCES = (api("RecoveryPointSelection"), guide("legalhold"))
    VALID = ('LegalHold("Case 4711", "Ordered by the court", vaults=[primary])',)
    INVALID = ('LegalHold("Case 4711", "Ordered by the court")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Holds without either."""
        for site in context.legal_holds:
            if not (site.hold.vaults or site.hold.resources):
                yield self.problem(
                    site,
                    None,
                    f"legal hold `{site.hold.title}` names neither vaults nor resources",
                    label="holds what?",
                    help="add `vaults=[…]` or `resources=[…]`",
                )
