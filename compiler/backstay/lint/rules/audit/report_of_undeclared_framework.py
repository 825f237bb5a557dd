"""Reports on frameworks that are not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.templates import COMPLIANCE
from backstay.lint.words import listed

_LOCKED = 'Framework("acme", controls=[Control.vault_lock()])'
_REPORT = 'Report("controls", template="CONTROL_COMPLIANCE_REPORT", bucket="acme-reports", frameworks=["{name}"])'


class ReportOfUndeclaredFramework(Rule):
    """A report names frameworks of its own accounts."""

    CODE = "AUD031"
    NAME = "report-of-undeclared-framework"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A compliance report on a framework that no policy declares in its account and Region"
    WHY = (
        "A report plan takes frameworks by ARN, so one that is not there cannot be named, and the report is not made. "
        "A framework that another tool makes is no mistake; say so in a comment."
    )
    SOURCES = (plain("AWS knows frameworks by an ARN that they get when they are made"),)
    VALID = (policy(frameworks=_LOCKED, reports=_REPORT.format(name="acme")),)
    INVALID = (policy(frameworks=_LOCKED, reports=_REPORT.format(name="akme")),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Names of frameworks that the same place does not have."""
        for site in context.reports:
            report, known = site.report, [one.name for one in site.shape.frameworks]
            alone = not (report.accounts or report.units) and report.template in COMPLIANCE
            missing = [name for name in report.frameworks if name not in known] if alone else []
            if missing:
                close = difflib.get_close_matches(missing[0], known, 1, 0.6)
                yield self.problem(
                    site,
                    "frameworks",
                    f"report `{report.name}` is about {listed(missing)}, which no policy declares there",
                    label="no such framework there",
                    here=True,
                    help=f"did you mean `{close[0]}`?" if close else "add it to `frameworks` of a policy there",
                )
