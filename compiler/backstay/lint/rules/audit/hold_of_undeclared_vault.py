"""Legal holds on vaults that are not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, plain
from backstay.lint.tested import standing


class HoldOfUndeclaredVault(Rule):
    """A legal hold names vaults that are there."""

    CODE = "AUD041"
    NAME = "hold-of-undeclared-vault"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A legal hold on a vault that no policy declares in its account and Region"
    WHY = (
        "If there is no such vault, the hold holds nothing, or AWS refuses it: what a court wants kept is deleted when "
        "its time is over."
    )
    SOURCES = (api("RecoveryPointSelection"), plain("a hold by a wrong name holds something else"))
    VALID = ('LegalHold("Case 4711", "Ordered by the court", vaults=[primary])',)
    INVALID = ('LegalHold("Case 4711", "Ordered by the court", vaults=["primry"])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Names of vaults that the place does not have."""
        for site in context.legal_holds:
            known = standing(site.shape)
            for name in site.hold.vaults:
                if name not in known:
                    close = difflib.get_close_matches(name, known, 1, 0.6)
                    yield self.problem(
                        site,
                        "vaults",
                        f"legal hold `{site.hold.title}` is on vault `{name}`, which no policy declares there",
                        label="no such vault",
                        here=True,
                        help=f"did you mean `{close[0]}`?" if close else "name a vault that a policy declares there",
                        span=context.within(site.where.field("vaults"), name),
                    )
