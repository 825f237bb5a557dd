"""Controls that the policies themselves cannot meet."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from backstay.ir import Plan, Shape
from backstay.ir import Rule as Written
from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.gaps import gap, shortest_gap
from backstay.lint.rule import Problem, Rule
from backstay.lint.scopes import plans_about
from backstay.lint.site import ControlSite
from backstay.lint.source import guide, seen
from backstay.lint.words import days

_SILVER = 'Rule("daily", at=daily("03:00"), into=primary, keep=days(14))'


class ControlStricterThanPolicy(Rule):
    """A control asks no more than the policies give."""

    CODE = "AUD005"
    NAME = "control-stricter-than-policy"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A control that asks for more than the plans of its accounts do"
    WHY = (
        "The framework is non-compliant from its first day, though every backup works: it looks at recovery points "
        "and plans that were never meant to be like that. People learn to pass over it. AWS's defaults, 35 days and "
        "one day, do this to every plan with a shorter tier."
    )
    SOURCES = (guide("controls-and-remediation"), seen("framework parameters in NHSDigital/terraform-aws-backup"))
    VALID = (
        policy(frameworks='Framework("acme", controls=[Control.minimum_retention(keep=days(35))])'),
        policy(rules=_SILVER, frameworks='Framework("acme", controls=[Control.last_recovery_point(within=days(1))])'),
    )
    INVALID = (
        policy(rules=_SILVER, frameworks='Framework("acme", controls=[Control.minimum_retention()])'),
        policy(frameworks='Framework("acme", controls=[Control.last_recovery_point(within=hours(6))])'),
        policy(frameworks='Framework("acme", controls=[Control.plan_frequency_and_retention(every=hours(1))])'),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Controls of retention, of frequency, and of the last recovery point against the plans beside them."""
        for site in context.controls:
            if site.control.name == demands.RETENTION:
                yield from self._retention(site)
            elif site.control.name == demands.PLAN:
                yield from self._plan(site, context.start)
            elif site.control.name == demands.LAST_POINT:
                yield from self._last_point(site, context.start)

    def _retention(self, site: ControlSite) -> Iterator[Problem]:
        """Every recovery point is looked at, so the rule that keeps least counts."""
        wanted = demands.number(site.control, "requiredRetentionDays")
        if wanted is None or site.control.scope is not None:
            return
        least = _shortest_kept(site.shape)
        if least is not None and (kept := least[1].lifecycle.delete_after) is not None and kept < wanted:
            yield self.problem(
                site,
                "keep",
                f"control `minimum_retention` of framework `{site.framework.name}` asks for {days(wanted)}, and rule "
                f"`{least[1].name}` of plan `{least[0].name}` keeps for {days(kept)}",
                label=days(wanted),
                help=f"ask for `keep=days({kept})`, narrow the control down by `on=`, or keep longer",
                notes=["every recovery point of that rule fails the control"],
                others=[(least[1].where.field("keep"), days(kept))],
            )

    def _plan(self, site: ControlSite, start: datetime.datetime) -> Iterator[Problem]:
        """One rule of each plan has to be both frequent and long-lived."""
        often = demands.age(site.control, "requiredFrequency")
        long = demands.number(site.control, "requiredRetentionDays")
        for plan in _with_tag(site) if often is not None and long is not None else ():
            if not any(_meets(rule, often or 0, long or 0, start) for rule in plan.rules):
                yield self.problem(
                    site,
                    None,
                    f"control `plan_frequency_and_retention` of framework `{site.framework.name}` asks for a rule that "
                    f"runs {demands.every(often or 0)} and keeps for {days(long)}, and plan "
                    f"`{plan.name}` has none",
                    label=f"no rule of plan `{plan.name}` does both",
                    help="ask for less, narrow it down by `on=` (a tag of plans), or give the plan such a rule",
                    others=[(plan.where.span, "one of its rules would have to do both")],
                )

    def _last_point(self, site: ControlSite, start: datetime.datetime) -> Iterator[Problem]:
        """The plan that backs up most often is still too rare."""
        wanted = demands.age(site.control, "recoveryPointAge")
        rules = [rule for plan in plans_about(site.control.scope, site.shape) for rule in plan.rules]
        best = None if any(rule.continuous for rule in rules) else shortest_gap(rules, start)
        if wanted is not None and best is not None and best > wanted:
            yield self.problem(
                site,
                "within",
                f"control `last_recovery_point` of framework `{site.framework.name}` asks for a backup "
                f"{demands.every(wanted)}, and no rule runs more often than {demands.every(best)}",
                label=demands.hours(wanted),
                help=f"allow more than {demands.hours(best)}, or back up more often",
                notes=["copies do not count for this control"],
            )


def _shortest_kept(shape: Shape) -> tuple[Plan, Written] | None:
    """The rule of a place whose recovery points live shortest."""
    found = [
        (rule.lifecycle.delete_after, plan, rule)
        for plan in shape.plans
        for rule in plan.rules
        if rule.lifecycle.delete_after is not None
    ]
    least = min(found, key=lambda one: one[0], default=None)
    return None if least is None else least[1:]


def _with_tag(site: ControlSite) -> tuple[Plan, ...]:
    """The plans that a control about plans is about: its tag is one of plans."""
    scope = site.control.scope
    if scope is not None and (scope.resource is not None or scope.types):
        return ()
    tag = None if scope is None else scope.tag
    plans = (plan for plan in site.shape.plans if plan.rules)
    return tuple(plan for plan in plans if tag is None or _has(plan, *tag))


def _has(plan: Plan, key: str, value: str) -> bool:
    return any(name == key and value in ("", found) for name, found in plan.tags)


def _meets(rule: Written, often: float, long: int, start: datetime.datetime) -> bool:
    """Whether a rule is frequent and long-lived enough; one that cannot be read is given the benefit of the doubt."""
    keep, apart = rule.lifecycle.delete_after, gap(rule.schedule, start)
    return (keep is None or keep >= long) and (rule.continuous or apart is None or apart <= often)
