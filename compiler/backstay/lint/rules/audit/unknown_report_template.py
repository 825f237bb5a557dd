"""Report templates that Audit Manager does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay.lint.templates import KNOWN, TEMPLATES
from backstay.lint.words import listed


class UnknownReportTemplate(Rule):
    """A report is made by one of six templates."""

    CODE = "AUD028"
    NAME = "unknown-report-template"
    SEVERITY = "error"
    SUMMARY = "A report by a template that Audit Manager does not have"
    WHY = "AWS refuses the report plan, so there is no report."
    SOURCES = (api("ReportSetting"), guide("choosing-report-template"))
    VALID = ('Report("jobs", template="RESTORE_JOB_REPORT", bucket="acme-reports")',)
    INVALID = ('Report("jobs", template="BACKUP_JOBS_REPORT", bucket="acme-reports")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Templates that neither the API nor the guide names."""
        for site in context.reports:
            name = site.report.template
            if name not in KNOWN:
                close = difflib.get_close_matches(name.upper(), TEMPLATES, 1, 0.6)
                yield self.problem(
                    site,
                    "template",
                    f"report `{site.report.name}` is made by the template `{name}`, which AWS does not have",
                    label="no such template",
                    help=f"did you mean `{close[0]}`?" if close else f"write one of {listed(TEMPLATES, 'or')}",
                    fix=mend.respelt(context, site.where.fields.get("template"), name, TEMPLATES),
                )
