"""Compliance reports about nothing."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.templates import COMPLIANCE


class ReportWithoutFrameworks(Rule):
    """A compliance report is about frameworks."""

    CODE = "AUD029"
    NAME = "report-without-frameworks"
    SEVERITY = "warning"
    SUMMARY = "A compliance report of one account that names no framework"
    WHY = "The report is about the frameworks that it names: without any it has no line, or AWS refuses it."
    SOURCES = (guide("choosing-report-template"), api("ReportSetting"))
    VALID = (
        'Report("controls", template="CONTROL_COMPLIANCE_REPORT", bucket="acme-reports",\n'
        '    frameworks=[Framework("acme", controls=[Control.vault_lock()])])',
        'Report("controls", template="CONTROL_COMPLIANCE_REPORT", bucket="acme-reports", accounts=["ROOT"])',
    )
    INVALID = ('Report("controls", template="CONTROL_COMPLIANCE_REPORT", bucket="acme-reports")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Compliance templates with neither frameworks nor other accounts."""
        for site in context.reports:
            report = site.report
            if report.template in COMPLIANCE and not (report.frameworks or report.accounts or report.units):
                yield self.problem(
                    site,
                    "template",
                    f"report `{report.name}` is about the compliance of frameworks, and names none",
                    label="needs frameworks",
                    help="add `frameworks=[…]`, or report on jobs: `BACKUP_JOB_REPORT`",
                )
