"""Names of frameworks, reports, restore tests and tiering configurations that AWS refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import Site
from backstay.lint.source import api, guide
from backstay_aws.catalog import limit
from backstay_contract.findings import Severity

_LETTER_FIRST = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,255}")
_TIERING = re.compile(r"[a-zA-Z0-9_]{1,200}")
_AUDIT = "1 to 256 letters, digits and `_`, a letter first"


class RefusedAuditName(Rule):
    """What audits has names with `_`, not with `-`."""

    CODE = "AUD012"
    NAME = "refused-audit-name"
    SEVERITY = "error"
    SUMMARY = "A name of a framework, report, restore test or tiering configuration that AWS refuses"
    WHY = (
        "AWS refuses it, so there is no audit, no report, no test. Unlike plans and vaults these take no hyphen and no "
        "dot. For the selections of a restore test it is a warning: two places of AWS's documentation disagree."
    )
    SOURCES = (
        api("CreateFramework"),
        api("CreateReportPlan"),
        api("RestoreTestingPlanForCreate"),
        api("TieringConfigurationInputForCreate"),
        guide("aws-backup-limits"),
    )
    VALID = ('RestoreTest("weekly_sample", at=weekly("sun", "06:00"), types=["RDS"])',)
    INVALID = (
        'RestoreTest("weekly-sample", at=weekly("sun", "06:00"), types=["RDS"])',
        'RestoreTest("weekly", at=weekly("sun", "06:00"), select=[RestoreSelect("gold-rds", type="RDS")])',
        'Framework("acme-backup", controls=[Control.vault_lock()])',
        'Report("backup jobs", template="BACKUP_JOB_REPORT", bucket="acme-reports")',
        'Tiering("s3-warm", vault=primary, after=days(60))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Names outside their patterns."""
        for framework in context.frameworks:
            yield from self._judged(context, framework, "framework", framework.framework.name, _LETTER_FIRST, _AUDIT)
        for report in context.reports:
            yield from self._judged(context, report, "report", report.report.name, _LETTER_FIRST, _AUDIT)
        for one in context.tiering:
            label = "1 to 200 letters, digits and `_`"
            yield from self._judged(context, one, "tiering configuration", one.tiering.name, _TIERING, label)
        most = limit("restore_name_length")
        short, label = re.compile(f"[a-zA-Z0-9_]{{1,{most}}}"), f"1 to {most} letters, digits and `_`"
        for test in context.restore_tests:
            yield from self._judged(context, test, "restore test", test.test.name, short, label)
        for selection in context.restore_selections:
            name = selection.selection.name
            yield from self._judged(context, selection, "restore selection", name, short, label, "warning")

    def _judged(
        self,
        context: Context,
        site: Site,
        what: str,
        name: str,
        pattern: re.Pattern[str],
        label: str,
        severity: Severity = "error",
    ) -> Iterator[Problem]:
        if not pattern.fullmatch(name):
            cured = _cured(name) if pattern.fullmatch(_cured(name)) else None
            refuses = "refuses" if severity == "error" else "may refuse"
            yield self.problem(
                site,
                "name",
                f"AWS {refuses} the name `{name}` of a {what}",
                label=label,
                help=f"call it `{cured}`" if cured else "rename it",
                severity=severity,
                fix=mend.literal(context, site.where.fields.get("name"), name, cured) if cured else None,
            )


def _cured(name: str) -> str:
    """The name with `_` for all that AWS does not take."""
    return re.sub(r"[^a-zA-Z0-9_]+", "_", name).strip("_")
