"""Reports of several accounts or Regions as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import ReportSite
from backstay.lint.source import guide


class JsonAcrossAccounts(Rule):
    """JSON is for one account and Region."""

    CODE = "AUD032"
    NAME = "json-across-accounts"
    SEVERITY = "warning"
    SUMMARY = "A report in JSON that is about other accounts or Regions"
    WHY = (
        "AWS makes JSON of reports on the current account and Region only; others are CSV. What reads the JSON waits "
        "for a file that never comes."
    )
    SOURCES = (guide("working-with-audit-reports"),)
    VALID = (
        'Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", formats=["JSON"])',
        'Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", regions=["*"])',
    )
    INVALID = (
        'Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", formats=["JSON"], regions=["*"])',
        'Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", formats=["CSV", "JSON"],\n'
        '    accounts=["ROOT"])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Reports in JSON with something wider than their own place."""
        for site in context.reports:
            wide = _wide(site) if "JSON" in site.report.formats else None
            if wide is not None:
                yield self.problem(
                    site,
                    "formats",
                    f"report `{site.report.name}` is wanted in JSON, which AWS makes for one account and Region only",
                    label="will be CSV",
                    help='write `formats=["CSV"]`, or make a report of this account and Region alone',
                    others=[(site.where.field(wide), "more than one account and Region")],
                )


def _wide(site: ReportSite) -> str | None:
    """The keyword by which a report is about more than its own account and Region."""
    report = site.report
    if report.accounts:
        return "accounts"
    if report.units:
        return "units"
    return "regions" if set(report.regions) - {site.shape.region} else None
