"""EBS snapshots that are archived more often than once a month."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Plan
from backstay.lint.abilities import named_types
from backstay.lint.context import Context
from backstay.lint.kept import kept
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.spacing import DAY, shortest
from backstay.lint.words import every
from backstay_aws import catalog

_MONTHLY = 27 * DAY  # the first Monday of a month can be 28 days after that of the last, less an hour in spring


class FrequentArchive(Rule):
    """Archives are for rare backups."""

    CODE = "LIF010"
    NAME = "frequent-archive"
    SEVERITY = "warning"
    SUMMARY = "`archive=True` on a rule that runs more often than monthly"
    WHY = (
        "A snapshot in the archive is a full one, however little has changed since the last, and is billed for 90 "
        "days at least: daily or weekly archives cost more than the increments that they replace. AWS's console "
        "offers the archive for monthly or rarer rules only, and Organizations refuses a backup policy that archives "
        "more often than every 28 days."
    )
    SOURCES = (
        guide("plan-options-and-configuration"),
        seen("answers of AWS Organizations recorded by radkawar/stackd"),
    )
    VALID = (
        'Rule("monthly", at=monthly(1, "03:00"), into=primary, cold_after=days(30), keep=years(1), archive=True)',
        'Plan("files", rules=[Rule("weekly", at=weekly("sun", "03:00"), into=primary, cold_after=days(30),\n'
        '     keep=years(1), archive=True)], select=[Select("efs", where=resource_type("EFS"))])',
    )
    INVALID = (
        'Rule("weekly", at=weekly("sun", "03:00"), into=primary, cold_after=days(30), keep=years(1), archive=True)',
        "Copy(to=central, cold_after=days(30), keep=years(1), archive=True)",
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Cold rules and copies with the opt-in, in plans that may take a type which it is for."""
        for one in kept(context):
            gap = shortest(one.rule, context.start)
            cold = one.lifecycle.archive and one.lifecycle.cold_after is not None
            if cold and gap is not None and gap < _MONTHLY and _concerned(one.site.plan):
                yield self.problem(
                    one.site,
                    "archive",
                    f"{one.name} archives every snapshot, and makes one {every(round(gap / DAY) * DAY or gap)}; "
                    "an archive is for monthly ones or rarer",
                    label="each of them a full snapshot",
                    help="archive the snapshots of a monthly rule, and keep these warm",
                    others=[(one.rule.where.fields.get("at"), "more often than monthly")],
                )


def _concerned(plan: Plan) -> bool:
    rows = [catalog.resource_type(name) for name in named_types(plan)]
    return not rows or any(row is not None and row.archive_opt_in == "yes" for row in rows)
