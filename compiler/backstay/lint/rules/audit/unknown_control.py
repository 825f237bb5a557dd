"""Controls that Audit Manager does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import ControlSite
from backstay.lint.source import guide
from backstay_aws import catalog


class UnknownControl(Rule):
    """Audit Manager has eleven controls."""

    CODE = "AUD022"
    NAME = "unknown-control"
    SEVERITY = "error"
    SUMMARY = "A control, or a parameter of one, that Audit Manager does not have"
    WHY = "AWS refuses the whole framework, so nothing is audited."
    SOURCES = (guide("controls-and-remediation"),)
    VALID = ('Framework("acme", controls=[Control("BACKUP_RECOVERY_POINT_ENCRYPTED")])',)
    INVALID = (
        'Framework("acme", controls=[Control("BACKUP_RECOVERY_POINTS_ENCRYPTED")])',
        'Framework("acme", controls=[Control("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",\n'
        '    parameters={"requiredRetention": "35"})])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Controls, and parameters of known controls, that are not in the catalogue."""
        for site in context.controls:
            row = catalog.control(site.control.name)
            if row is None:
                known = [one.name for one in catalog.controls()]
                yield self._unknown(context, site, "control", "a control", site.control.name, known)
                continue
            known = [one.name for one in row.parameters]
            for name, _ in site.control.parameters:
                if name not in known:
                    yield self._unknown(context, site, "parameters", f"a parameter of `{row.name}`", name, known)

    def _unknown(
        self, context: Context, site: ControlSite, field: str, what: str, name: str, known: list[str]
    ) -> Problem:
        close = difflib.get_close_matches(name, known, 1, 0.6)
        return self.problem(
            site,
            field,
            f"framework `{site.framework.name}` names `{name}`, which is not {what}",
            label="AWS has no such thing",
            help=f"did you mean `{close[0]}`?" if close else "use a constructor, such as `Control.vault_lock()`",
            fix=mend.respelt(context, site.where.fields.get(field), name, known),
        )
