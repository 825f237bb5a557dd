"""Reports of several accounts that name frameworks."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.words import listed


class FrameworksAcrossAccounts(Rule):
    """A report of several accounts takes all their frameworks, and names none."""

    CODE = "AUD008"
    NAME = "frameworks-across-accounts"
    SEVERITY = "error"
    SUMMARY = "A report of other accounts or units that names frameworks"
    WHY = (
        "AWS refuses the report plan, without saying why: a report over accounts covers whatever frameworks they have, "
        "and must not name any."
    )
    SOURCES = (guide("working-with-audit-reports"), seen("hashicorp/terraform-provider-aws issue 32235"))
    VALID = (
        'Report("controls", template="CONTROL_COMPLIANCE_REPORT", bucket="acme-reports", accounts=["ROOT"])',
        'Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", accounts=["ROOT"])',
    )
    INVALID = (
        'Report("controls", template="CONTROL_COMPLIANCE_REPORT", bucket="acme-reports", accounts=["ROOT"],\n'
        '    frameworks=["acme"])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Reports with both."""
        for site in context.reports:
            report = site.report
            if report.frameworks and (report.accounts or report.units):
                field = "accounts" if report.accounts else "units"
                yield self.problem(
                    site,
                    "frameworks",
                    f"report `{report.name}` is about other accounts and names {listed(report.frameworks)}; AWS takes "
                    "one or the other",
                    label="not in a report of several accounts",
                    help=f"leave `frameworks` out, or make a report of this account alone, without `{field}`",
                    others=[(report.where.field(field), "other accounts")],
                )
