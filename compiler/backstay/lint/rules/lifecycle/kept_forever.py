"""Recovery points that nothing ever deletes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import guide, seen


class KeptForever(Rule):
    """A rule should say how long."""

    CODE = "LIF003"
    NAME = "kept-forever"
    SEVERITY = "warning"
    SUMMARY = "A rule that does not say how long its recovery points are kept"
    WHY = (
        "AWS takes a missing retention for “always”. Every backup is then kept and billed until somebody deletes it "
        "by hand, and the number of recovery points in the vault grows to its quota. People find out by the bill."
    )
    SOURCES = (
        guide("plan-options-and-configuration"),
        seen("hashicorp/terraform-provider-aws issue 37862"),
    )
    VALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35))',)
    INVALID = ('Rule("daily", at=daily("03:00"), into=primary)',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules without a retention, unless an error says more of it (continuous, or into a locked vault)."""
        for site in context.rules:
            if site.rule.lifecycle.delete_after is None and not site.rule.continuous and not _locked(site):
                cold = " in cold storage" if site.rule.lifecycle.cold_after is not None else ""
                yield self.problem(
                    site,
                    None,
                    f"rule `{site.rule.name}` keeps its recovery points for ever{cold}",
                    label="no `keep=`",
                    help="say how long: `keep=years(7)`; `keep=days(36500)` is the longest that AWS can delete",
                )


def _locked(site: RuleSite) -> bool:
    lock = site.vault.lock if site.vault else None
    return lock is not None and (lock.maximum is not None or lock.mode == "compliance")
