"""A step as large as its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backstay.lint import mend
from backstay.lint.context import Context, scheduled
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain, seen

_SIZES: Mapping[str, tuple[int, str, str]] = {
    # size, its first value in words and as a field
    "minutes": (60, "minute 0", "0"),
    "hours": (24, "midnight", "0"),
    "month": (12, "January", "1"),
}


class StepOverWholeField(Rule):
    """A step that passes the end of its field at once means its first value only."""

    CODE = "SCH012"
    NAME = "step-over-whole-field"
    SEVERITY = "advice"
    SUMMARY = "A step so large that only the first value is left"
    WHY = (
        "`*/12` in the months means January, not every twelfth month from now. It works, but who reads it next will "
        "take it for something else."
    )
    SOURCES = (plain("steps count from the field's first value"), seen("a test policy of the Landing Zone Accelerator"))
    VALID = ('Rule("yearly", at=cron("0 3 1 1 ? *"), into=primary, keep=years(7))',)
    INVALID = ('Rule("yearly", at=cron("0 3 1 */12 ? *"), into=primary, keep=years(7))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Fields such as `*/12` of twelve."""
        for site, cron in scheduled(context.rules):
            for name, (size, meaning, first) in _SIZES.items():
                text = cron.part(name).text
                start, slash, step = text.partition("/")
                if slash and start == "*" and step.isdigit() and int(step) >= size:
                    yield self.problem(
                        site,
                        "at",
                        f"rule `{site.rule.name}` steps over all of the {name}: `{text}` means {meaning}",
                        label="fires at the first value only",
                        help=f"write it plainly: `{first}`",
                        span=context.within(site.where.field("at"), text),
                        fix=mend.cron_field(context, site, cron.part(name), first),
                    )
