"""One report on several Regions, made in each of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import ReportSite
from backstay.lint.source import guide
from backstay.lint.words import listed
from backstay_contract.findings import Span


class RepeatedReport(Rule):
    """A report on many Regions is made in one."""

    CODE = "AUD035"
    NAME = "repeated-report"
    SEVERITY = "advice"
    SUMMARY = "A report that names Regions, made in several of them"
    WHY = (
        "Every Region of the policy makes the same report every day, on the same Regions, into the same bucket: "
        "several copies of one file, and several report plans of the twenty that an account may have."
    )
    SOURCES = (guide("working-with-audit-reports"),)
    VALID = (
        'policy = Policy("p", attach=ou("Workloads"), regions=["eu-central-1"], reports=[\n'
        '    Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", regions=["*"])])',
        'Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports")',
    )
    INVALID = ('Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", regions=["*"])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Reports that name Regions, by the place where they are written."""
        found: dict[tuple[Span | None, str], list[ReportSite]] = defaultdict(list)
        for site in context.reports:
            if site.report.regions:
                found[site.where.span, site.report.name].append(site)
        for sites in found.values():
            again = _repeated(sites)
            if again:
                made = sorted({site.shape.region for site in sites})
                yield self.problem(
                    sites[0],
                    "regions",
                    f"report `{sites[0].report.name}` is about several Regions, and is made in each of {listed(made)}",
                    label="the same report in each Region",
                    help=f'put it into a policy with `regions=["{made[0]}"]`',
                    accounts=again,
                )


def _repeated(sites: list[ReportSite]) -> tuple[str, ...]:
    """The accounts that make the report in more than one Region."""
    count = Counter(account for site in sites for account in site.accounts)
    return tuple(account for account, times in count.items() if times > 1)
