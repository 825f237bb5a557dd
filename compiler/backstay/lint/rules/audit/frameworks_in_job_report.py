"""Reports on jobs that name frameworks."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.templates import COMPLIANCE, KNOWN
from backstay.lint.words import listed


class FrameworksInJobReport(Rule):
    """A report on jobs knows no frameworks."""

    CODE = "AUD030"
    NAME = "frameworks-in-job-report"
    SEVERITY = "warning"
    SUMMARY = "A report on jobs that names frameworks"
    WHY = "AWS passes over the frameworks: the report lists all jobs, and says nothing of compliance."
    SOURCES = (guide("choosing-report-template"), guide("working-with-audit-reports"))
    VALID = ('Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports")',)
    INVALID = ('Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", frameworks=["acme"])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Frameworks of reports by a template of jobs."""
        for site in context.reports:
            report = site.report
            if report.frameworks and report.template in KNOWN and report.template not in COMPLIANCE:
                yield self.problem(
                    site,
                    "frameworks",
                    f"report `{report.name}` by `{report.template}` names {listed(report.frameworks)}, and lists jobs",
                    label="passed over",
                    help=f"leave `frameworks` out, or report by {listed(COMPLIANCE, 'or')}",
                    others=[(report.where.field("template"), "about jobs")],
                )
