"""A schedule that AWS cannot read."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context, reading
from backstay.lint.fix import Fix
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import RuleSite
from backstay.lint.source import api, guide
from backstay_aws.cron import Cron, CronError
from backstay_contract.findings import Span

_OPENING = "cron("


class RefusedCron(Rule):
    """A schedule must be AWS's six-field cron."""

    CODE = "SCH001"
    NAME = "refused-cron"
    SEVERITY = "error"
    SUMMARY = "A schedule that is not an AWS cron expression"
    WHY = (
        "AWS Backup takes six fields (minutes, hours, day of month, month, day of week, year), of which exactly one "
        "day field is `?`, and no `rate(…)`. It refuses the whole plan if one schedule is wrong, so nothing in the "
        "plan is backed up."
    )
    SOURCES = (guide("plan-options-and-configuration"), api("BackupRuleInput"))
    VALID = ('Rule("nightly", at=cron("0 3 ? * MON-FRI *"), into=primary, keep=days(35))',)
    INVALID = (
        'Rule("nightly", at=cron("0 3 * * MON"), into=primary, keep=days(35))',
        'Rule("nightly", at=cron("rate(1 day)"), into=primary, keep=days(35))',
        'Rule("nightly", at=cron("0 3 1 * MON *"), into=primary, keep=days(35))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Schedules that the cron reader refuses."""
        for site in context.rules:
            error = reading(site.rule.schedule)
            if isinstance(error, CronError):
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` has the schedule `{site.rule.schedule}`, which AWS refuses",
                    label=error.message,
                    help='write six fields, one day field `?`: `cron("0 3 ? * * *")`, or use a word: `daily("03:00")`',
                    span=_narrow(context, site, error),
                    fix=_fix(context, site),
                )


def _narrow(context: Context, site: RuleSite, error: CronError) -> Span | None:
    """The characters at fault, where the expression itself stands at the rule."""
    text = site.rule.schedule
    inner = text.removeprefix(_OPENING).removesuffix(")") if text.startswith(_OPENING) else text
    shift = len(_OPENING) if text.startswith(_OPENING) else 0
    start, end = (min(max(at - shift, 0), len(inner)) for at in (error.start, error.end))
    return context.within(site.where.field("at"), inner, start, end)


def _fix(context: Context, site: RuleSite) -> Fix | None:
    """One `?` where both day fields are set and one says every day, and the year where Unix has none.

    Not where weekdays are numbers: Unix counts them from 0, and only the author knows who counted.
    """
    text = site.rule.schedule
    inner = text.removeprefix(_OPENING).removesuffix(")")
    fields = inner.split()
    if len(fields) == 5 and not any(letter.isdigit() for letter in fields[4]):
        fields.append("*")
    if len(fields) != 6 or "*" not in (fields[2], fields[4]):
        return None
    fields[2 if fields[2] == "*" else 4] = "?"
    cured = f"{_OPENING}{' '.join(fields)})"
    return mend.cron(context, site, cured) if isinstance(reading(cured), Cron) else None
