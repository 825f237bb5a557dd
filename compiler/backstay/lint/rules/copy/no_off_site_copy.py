"""A plan whose recovery points all stay where the data are."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Plan
from backstay.ir import Rule as PlanRule
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import PlanSite
from backstay.lint.source import guide, seen
from backstay.lint.words import days, first_few, kept, plural

LONG = 90
"""Days from which on data seem worth a copy: what is kept for a quarter of a year is kept for a reason."""

_SHOWN = 3


class NoOffSiteCopy(Rule):
    """One recovery point beside the data is one disaster away from none."""

    CODE = "CPY016"
    NAME = "no-off-site-copy"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "Plans that keep for three months or more, and copy nothing"
    WHY = (
        "Whoever takes over the account, and whatever befalls the Region, takes the data and all their backups at "
        "once. Said only of plans whose accounts have another Region, or a backup account, to copy to."
    )
    SOURCES = (guide("cross-region-backup"), guide("controls-and-remediation"), seen("the 3-2-1 rule of backups"))
    VALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(90), copies=[Copy(to=central)])',
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35))',
    )
    INVALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(90))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans that keep long and have no copy at all, where there is a place for one; told together by policy."""
        found: dict[str, list[tuple[PlanSite, PlanRule]]] = {}
        for site in context.plans:
            longest = _longest(site.plan)
            if longest is not None and site.plan.selections and not _copied(site.plan) and _could(context, site):
                found.setdefault(site.plan.where.policy, []).append((site, longest))
        for policy, plans in found.items():
            yield self._told(policy, plans)

    def _told(self, policy: str, plans: list[tuple[PlanSite, PlanRule]]) -> Problem:
        site, rule = max(plans, key=lambda one: _days(one[1]))
        names = tuple(dict.fromkeys(one.plan.name for one, _ in plans))
        retention = rule.lifecycle.delete_after
        return self.problem(
            site,
            None,
            f"policy `{policy}` copies no recovery points of {_named(names)}; "
            f"rule `{rule.name}` of `{site.plan.name}` keeps {kept(retention)}",
            label=f"{days(retention)}, in one place",
            help="add `copies=[Copy(to=…)]` with a vault of another Region or account",
            accounts=tuple(dict.fromkeys(account for one, _ in plans for account in one.accounts)),
            span=rule.where.field("keep"),
        )


def _longest(plan: Plan) -> PlanRule | None:
    """The rule that keeps longest, of those whose recovery points are kept long; continuous ones cannot be copied."""
    rules = [rule for rule in plan.rules if not rule.continuous and _days(rule) >= LONG]
    return max(rules, key=_days, default=None)


def _days(rule: PlanRule) -> int:
    """How long a rule keeps; of one that says nothing `kept-forever` speaks first."""
    return rule.lifecycle.delete_after or 0


def _copied(plan: Plan) -> bool:
    """Whether there is a copy; whether it goes far enough is for other rules to say."""
    return any(rule.air_gapped is not None or rule.copies for rule in plan.rules)


def _named(plans: tuple[str, ...]) -> str:
    return f"{plural(plans, 'plan')} {first_few(plans)}"


def _could(context: Context, site: PlanSite) -> bool:
    facts = context.model.accounts
    return context.model.backup_account is not None or any(len(facts[one].regions) > 1 for one in site.accounts)
