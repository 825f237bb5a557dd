"""A range that ends before it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from backstay.lint import mend
from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import Source, plain

_RANGE = re.compile(r"(\w+)-(\w+)(?:/\d+)?")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NAMED: Mapping[str, tuple[str, ...]] = {"day-of-week": _WEEKDAYS, "month": _MONTHS}
_ENDS: Mapping[str, tuple[str, str]] = {
    "minutes": ("0", "59"),
    "hours": ("0", "23"),
    "day-of-month": ("1", "31"),
    "month": ("1", "12"),
    "day-of-week": ("1", "7"),
}
_FIELDS = ("minutes", "hours", "day-of-month", "month", "day-of-week")
_CRON = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html"


class BackwardRange(Rule):
    """AWS does not say what a range does that runs backwards."""

    CODE = "SCH025"
    NAME = "backward-range"
    SEVERITY = "warning"
    SUMMARY = "A range in a schedule that ends before it begins"
    WHY = (
        "AWS documents ranges that go up. Whether `22-4` runs over midnight, means nothing, or is refused with the "
        "whole plan, no page says. The weekend is such a range: Sunday is AWS's first day, so `SAT-SUN` is 7 to 1."
    )
    SOURCES = (
        Source("Amazon EventBridge user guide, cron expressions", _CRON),
        plain("the reference says nothing of ranges that run backwards"),
    )
    VALID = ('Rule("weekend", at=cron("0 3 ? * SAT,SUN *"), into=primary, keep=days(35))',)
    INVALID = (
        'Rule("weekend", at=cron("0 3 ? * SAT-SUN *"), into=primary, keep=days(35))',
        'Rule("nightly", at=cron("0 22-4 ? * * *"), into=primary, keep=days(35), start_within=hours(1))',
        'Rule("winter", at=cron("0 3 1 NOV-FEB ? *"), into=primary, keep=years(1))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Ranges of the fields whose first value is over the second."""
        for site, cron in scheduled(context.rules):
            for name in _FIELDS:
                part = cron.part(name)
                for text in part.text.split(","):
                    if _backward(name, text):
                        yield self.problem(
                            site,
                            "at",
                            f"rule `{site.rule.name}` has the range `{text}` in its {name.replace('-', ' ')}, "
                            "which ends before it begins",
                            label="AWS does not say what it means",
                            help=f"write `{_upward(name, part.text)}` if that is meant"
                            if "/" not in text
                            else "list the values with commas, such as `22,23,0,1`",
                            span=context.within(site.where.field("at"), text),
                            fix=mend.cron_field(context, site, part, _upward(name, part.text)),
                        )


def _backward(field: str, text: str) -> bool:
    found = _RANGE.fullmatch(text)
    if found is None or found[1].upper() == "L":
        return False
    return _number(field, found[1]) > _number(field, found[2])


def _upward(field: str, text: str) -> str:
    """The values of a field with each range that runs backwards as two that do not."""
    return ",".join(two for one in text.split(",") for two in (_split(field, one) if _backward(field, one) else (one,)))


def _split(field: str, text: str) -> tuple[str, ...]:
    """A range in two, at the end of its field; one with a step stays: nobody knows where its second half begins."""
    first, _, last = text.partition("-")
    if "/" in last:
        return (text,)
    names = _NAMED.get(field, ())
    low, high = (names[0], names[-1]) if names and not first.isdigit() else _ENDS[field]
    return (first if first.upper() == high else f"{first}-{high}", last if last.upper() == low else f"{low}-{last}")


def _number(field: str, text: str) -> int:
    return int(text) if text.isdigit() else _NAMED[field].index(text.upper()) + 1
