"""Controls of deletions by hand that no vault forbids."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Vault
from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import ControlSite
from backstay.lint.source import guide
from backstay.lint.words import have, listed, these
from backstay_aws.globs import iam_glob
from backstay_aws.policy_document import statements, values

_ACTIONS = (
    # Backup developer guide, "Controls and remediation", read 2026-11.
    "backup:DeleteRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
    "backup:PutBackupVaultAccessPolicy",
)
_ASKED = 'Framework("acme", controls=[Control.manual_deletion_disabled()])'
_INTO = 'Rule("daily", at=daily("03:00"), into="primary", keep=days(35))'


class ControlWithoutDenial(Rule):
    """A control asks for vault policies that deny deletions, and they do."""

    CODE = "AUD025"
    NAME = "control-without-denial"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A control that asks vaults to deny deletions by hand, beside a vault whose policy does not"
    WHY = (
        "The vault fails the control from the first day. It wants an access policy that denies everybody deleting "
        "recovery points, changing their lifecycle and changing the policy itself; a vault lock is not enough."
    )
    SOURCES = (guide("controls-and-remediation"),)
    VALID = (
        policy(
            rules=_INTO,
            vaults='Vault("primary", key="alias/backup", access=Access.deny_deletes())',
            frameworks=_ASKED,
        ),
    )
    INVALID = (policy(frameworks=_ASKED), policy(vaults="primary, second", frameworks=_ASKED))

    def check(self, context: Context) -> Iterator[Problem]:
        """Controls of deletions against the policies of the vaults beside them."""
        for site in context.controls:
            vaults = site.shape.vaults if site.control.name == demands.DELETION else ()
            found = [vault for vault in vaults if _about(site, vault) and not _denies(vault)]
            if found:
                yield self.problem(
                    site,
                    None,
                    f"control `manual_deletion_disabled` of framework `{site.framework.name}` is about vaults whose "
                    f"policy denies deletions, and {listed(vault.name for vault in found)} {have(found)} no such "
                    "policy",
                    label=f"fails for {these(found, 'vault')}",
                    help=f"add `access=Access.deny_deletes()` to {these(found, 'vault')}, or take the control out",
                    others=[(vault.where.field("access"), "denies no deletions") for vault in found],
                )


def _about(site: ControlSite, vault: Vault) -> bool:
    """Whether a vault is in the control's scope: all, one by name, or those with a tag."""
    scope = site.control.scope
    if scope is None:
        return True
    if scope.resource is not None:
        return scope.resource == vault.name
    return scope.tag is not None and any(
        key == scope.tag[0] and scope.tag[1] in ("", value) for key, value in vault.tags
    )


def _denies(vault: Vault) -> bool:
    """Whether the policy denies the three actions, whomever it excepts."""
    denied = [
        pattern.lower()
        for statement in statements(vault.policy or {})
        if statement.get("Effect") == "Deny"
        for pattern in values(statement.get("Action"))
    ]
    return all(any(iam_glob(pattern, action.lower()) for pattern in denied) for action in _ACTIONS)
