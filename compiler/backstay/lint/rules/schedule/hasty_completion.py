"""A completion window so short that what is large is never backed up."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Plan
from backstay.lint.abilities import named_types
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.spacing import DAY, shortest
from backstay.lint.words import minutes

_ENOUGH = 4 * 60
_SLACK = 60  # minutes: less than this after the start window another rule asks for
_WITHOUT = ("FSx",)  # the completion window does not hold for it; plan-options-and-configuration, 2026-11


class HastyCompletion(Rule):
    """A backup should have time to be made."""

    CODE = "SCH029"
    NAME = "hasty-completion"
    SEVERITY = "advice"
    SUMMARY = "A completion window under four hours for a backup that is made once a day or more rarely"
    WHY = (
        "The first backup of a resource is a full one, and of a large bucket or file system it takes many hours. A "
        "job that is cut off leaves no recovery point, so the next one has to begin anew and is cut off as well: the "
        "resource never gets a backup. Until the next start is due, waiting costs nothing."
    )
    SOURCES = (guide("plan-options-and-configuration"), seen("180 minutes, the default of hashicorp/aws"))
    VALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), start_within=hours(1),\n'
        "     complete_within=hours(12))",
        'Rule("often", at=hourly(every=4), into=primary, keep=days(7), start_within=hours(1),\n'
        "     complete_within=hours(3))",
    )
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), start_within=hours(1),\n'
        "     complete_within=hours(3))",
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Short windows of rules that have a day or more until their next start."""
        for site in context.rules:
            window = site.rule.completion_window
            gap = shortest(site.rule, context.start)
            if gap is None or gap < DAY - 60 or site.rule.continuous or not _holds(site.plan):
                continue
            if site.rule.start_window + _SLACK <= window < _ENOUGH:
                yield self.problem(
                    site,
                    "complete_within",
                    f"rule `{site.rule.name}` cancels a backup that takes over {minutes(window)}, and tries again "
                    f"only after {minutes(round(gap / DAY) * DAY)}",
                    label=f"cut off after {minutes(window)}",
                    help="give it longer, such as `complete_within=hours(12)`",
                )


def _holds(plan: Plan) -> bool:
    types = named_types(plan)
    return not types or bool(set(types) - set(_WITHOUT))
