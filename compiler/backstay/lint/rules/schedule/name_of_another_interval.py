"""A rule that is called daily and runs weekly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.spacing import DAY, longest, shortest
from backstay.lint.words import minutes
from backstay_aws.cron import Cron

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MEANT: Mapping[str, tuple[float, float]] = {
    # word: days that two starts are apart, at least at their furthest and at most at their nearest
    "hourly": (0, 0.6),
    "daily": (0.4, 1.5),
    "weekly": (2, 15),
    "monthly": (14, 62),
    "quarterly": (80, 125),
    "yearly": (300, 740),
    "annual": (300, 740),
    "annually": (300, 740),
}


class NameOfAnotherInterval(Rule):
    """A name should not promise another schedule."""

    CODE = "SCH031"
    NAME = "name-of-another-interval"
    SEVERITY = "advice"
    SUMMARY = "A rule whose name says how often it runs, and is wrong"
    WHY = (
        "The name stands in the console, on every job and in every report, without the schedule. Who reads `weekly` "
        "there plans with a week, whatever the rule does; and often the schedule is what was pasted and not changed."
    )
    SOURCES = (plain("one of the two, name or schedule, is not what its author means"),)
    VALID = (
        'Rule("four-hourly", at=hourly(every=4), into=primary, keep=days(7), start_within=hours(1))',
        'Rule("daily-on-workdays", at=cron("0 3 ? * MON-FRI *"), into=primary, keep=days(35))',
    )
    INVALID = (
        'Rule("weekly", at=daily("03:30"), into=primary, keep=days(35))',
        'Rule("DailyBackup", at=weekly("sun", "03:30"), into=primary, keep=days(35))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Names with one such word, and schedules that are clearly rarer or more frequent than it says."""
        for site, cron in scheduled(context.rules):
            word = _word(site.rule.name)
            near, far = shortest(site.rule, context.start), longest(site.rule, context.start)
            if word is None or near is None or far is None or not site.rule.scheduled or _odd(cron):
                continue
            least, most = _MEANT[word]
            if far < least * DAY or near > most * DAY:
                apart = f"at least {_spoken(near)}" if near > most * DAY else f"at most {_spoken(far)}"
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` is called {word}, but its backups are {apart} apart",
                    label=f"{apart} apart",
                    help=f"give it a schedule that is {word}, or another name (and `moved=` with this one)",
                )


def _word(name: str) -> str | None:
    """The word of a name that says an interval, if there is one and not two."""
    found = {word.lower() for word in _WORD.findall(name)} & _MEANT.keys()
    return found.pop() if len(found) == 1 else None


def _spoken(count: int) -> str:
    """Minutes, in whole days from a day upwards: daylight saving is not the point here."""
    return minutes(round(count / DAY) * DAY if count > DAY - 120 else count)


def _odd(cron: Cron) -> bool:
    """Whether another rule says that the schedule's weekday is not what it looks like."""
    text = cron.part("day-of-week").text.upper()
    return text == "L" or text.endswith("#5")
