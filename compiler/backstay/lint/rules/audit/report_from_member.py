"""Reports on other accounts from accounts that may not see them."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import ReportSite
from backstay.lint.source import guide


class ReportFromMember(Rule):
    """Who reports on others is the management account or a delegated administrator."""

    CODE = "AUD033"
    NAME = "report-from-member"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A report on other accounts, in an account that is neither management nor the backup account"
    WHY = (
        "Only the management account and delegated administrators of AWS Backup may report on other accounts. In a "
        "member account AWS refuses the report plan."
    )
    SOURCES = (guide("working-with-audit-reports"), guide("manage-cross-account"))
    VALID = (
        'policy = Policy("p", attach=account("management"), reports=[\n'
        '    Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", accounts=["ROOT"])])',
        'policy = Policy("p", attach=ou("Workloads"), reports=[\n'
        '    Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports")])',
    )
    INVALID = (
        'policy = Policy("p", attach=root(), reports=[\n'
        '    Report("jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports", accounts=["ROOT"])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Reports on others; if no backup account is known, one member may be the administrator."""
        known = {context.model.management_account, context.model.backup_account}
        for site in context.reports:
            members = tuple(one for one in site.accounts if one not in known)
            unknown = context.model.backup_account is None and len(members) == 1
            if members and not unknown and _about_others(site):
                field = "accounts" if site.report.accounts else "units"
                yield self.problem(
                    site,
                    field,
                    f"report `{site.report.name}` is about other accounts, and {_told(len(members))} neither the "
                    "management account nor the backup account",
                    label="other accounts",
                    help="attach it to the management account or to the delegated administrator alone",
                    accounts=members,
                )


def _about_others(site: ReportSite) -> bool:
    own = {ACCOUNT, *(site.accounts if len(site.accounts) == 1 else ())}
    return bool(site.report.units or set(site.report.accounts) - own)


def _told(count: int) -> str:
    return "the account that makes it is" if count == 1 else f"{count} accounts that make it are"
