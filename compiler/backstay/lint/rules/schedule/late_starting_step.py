"""A step that begins late, and leaves a hole in every day, month or year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source, guide
from backstay_aws.cron import Cron
from backstay_aws.cron_days import MonthDays

_SIZES: Mapping[str, tuple[int, str, str, int]] = {
    # field: how many values there are, what they are called, in what, by how much a gap may exceed the step
    "hours": (24, "hours", "day", 0),
    "day-of-month": (31, "days", "month", 2),  # months differ by so much
    "month": (12, "months", "year", 0),
}


class LateStartingStep(Rule):
    """Steps begin anew every day, month or year."""

    CODE = "SCH023"
    NAME = "late-starting-step"
    SEVERITY = "warning"
    SUMMARY = "A step that starts so late that it leaves a longer gap whenever it begins anew"
    WHY = (
        "Steps are counted from their first value to the end of the day (month, year) and then begin anew. `5/1` in "
        "the hours reads like every hour, and a sample of AWS's that is called hourly has it, but nothing starts "
        "between 23:00 and 5:00: six hours can be lost."
    )
    SOURCES = (
        guide("plan-options-and-configuration"),
        Source("AWS Organizations user guide, backup policy syntax, example"),
    )
    VALID = (
        'Rule("every-other-day", at=cron("0 3 */2 * ? *"), into=primary, keep=days(35))',
        'Rule("hourly", at=cron("0 0/1 ? * * *"), into=primary, keep=days(7), start_within=hours(1))',
        'Rule("often", at=cron("0 2/6 ? * * *"), into=primary, keep=days(7), start_within=hours(1))',
    )
    INVALID = (
        'Rule("hourly", at=cron("0 5/1 ? * * *"), into=primary, keep=days(7), start_within=hours(1))',
        'Rule("every-week", at=cron("0 3 15/7 * ? *"), into=primary, keep=days(90))',
        'Rule("quarterly", at=cron("0 5 1 7/3 ? *"), into=primary, keep=years(2))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Fields such as `5/1` whose last value is further from the first than the step."""
        for site, cron in scheduled(context.rules):
            for name, (size, unit, whole, slack) in _SIZES.items():
                text = cron.part(name).text
                first, slash, step = text.partition("/")
                values = _values(cron, name)
                if not (slash and step.isdigit() and first.isdigit() and len(values) > 1):
                    continue
                hole = size - values[-1] + values[0]
                if hole > int(step) + slack and _steady(values, int(step)):
                    yield self.problem(
                        site,
                        "at",
                        f"rule `{site.rule.name}` reads like every {_count(int(step), unit)}, but leaves a gap of "
                        f"{hole} {unit} each {whole}",
                        label=f"begins anew at {values[0]}",
                        help=f"start the step early enough: `{_early(values[0], int(step), size)}/{step}`",
                        span=context.within(site.where.field("at"), text),
                    )


def _values(cron: Cron, name: str) -> tuple[int, ...]:
    if name == "day-of-month":
        return cron.days.days if isinstance(cron.days, MonthDays) else ()
    return cron.hours if name == "hours" else cron.months


def _steady(values: tuple[int, ...], step: int) -> bool:
    return all(later - earlier == step for earlier, later in pairwise(values))


def _early(first: int, step: int, size: int) -> int:
    """The first value of the field at which the same step would begin."""
    lowest = 0 if size == 24 else 1
    return lowest + (first - lowest) % step


def _count(step: int, unit: str) -> str:
    return unit.removesuffix("s") if step == 1 else f"{step} {unit}"
