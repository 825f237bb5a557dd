"""An opt-in to the archive of what never goes there."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.kept import all_kept
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen


class ArchiveWithoutCold(Rule):
    """`archive=True` says that something may go cold, `cold_after` when."""

    CODE = "LIF019"
    NAME = "archive-without-cold"
    SEVERITY = "warning"
    SUMMARY = "`archive=True` without `cold_after`"
    WHY = (
        "Nothing is ever archived: without a day on which it goes cold, every snapshot stays in the standard tier, at "
        "its price, until it is deleted. Organizations refuses a backup policy that says the one without the other."
    )
    SOURCES = (api("Lifecycle"), seen("answers of AWS Organizations recorded by radkawar/stackd"))
    VALID = ('Rule("monthly", at=monthly(1, "03:00"), into=primary, cold_after=days(30), keep=years(7), archive=True)',)
    INVALID = (
        'Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=years(7), archive=True)',
        "Copy(to=central, keep=years(7), archive=True)",
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules and copies with the opt-in alone."""
        cold = {
            one.site.where.fields.get("archive") for one in all_kept(context) if one.lifecycle.cold_after is not None
        }
        for one in all_kept(context):
            if one.lifecycle.archive and one.lifecycle.cold_after is None:
                place = one.site.where.fields.get("archive")
                yield self.problem(
                    one.site,
                    "archive",
                    f"{one.name} has `archive=True` but no `cold_after`, so nothing is ever archived",
                    label="has no effect",
                    help="say when: `cold_after=days(30)`, or drop `archive=True`",
                    fix=None if place in cold else mend.removed(place, "`archive=True`"),
                )
