"""Delegated administration without an account that it is delegated to."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.attachments import whole_organization
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide, seen

SETTING = "isDelegatedAdministratorEnabled"


class UnnamedDelegatedAdministrator(Rule):
    """Somebody has to be the administrator."""

    CODE = "ACC018"
    NAME = "unnamed-delegated-administrator"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "Delegated administration is switched on, and the organization file names no backup account"
    WHY = (
        "The setting lets AWS Backup take over who is delegated administrator from Organizations. Without such an "
        "account there is nobody to take over: whoever watches or reports on all accounts has to work in the "
        "management account. `backstay org bootstrap` registers the account that the organization file names."
    )
    SOURCES = (
        api("UpdateGlobalSettings"),
        guide("manage-cross-account"),
        seen("awslabs/landing-zone-accelerator-on-aws issue 405"),
    )
    VALID = ('policy = Policy("p", attach=root(), settings=Settings(delegated_administrator=False))',)
    INVALID = ('policy = Policy("p", attach=root(), settings=Settings(delegated_administrator=True))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """One problem for the organization, at the setting."""
        on = dict(context.model.global_settings).get(SETTING) == "true"
        if on and context.model.backup_account is None:
            yield self.problem(
                whole_organization(context),
                "delegated_administrator",
                "delegated administration is switched on, and the organization file names no backup account",
                label="delegated to whom?",
                help='add `backup_account: "…"` to the organization file',
            )
