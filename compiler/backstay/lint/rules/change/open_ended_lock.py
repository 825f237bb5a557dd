"""Locks for ever in every account that there will be."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.locks import locks
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain

_ROOT = "root"
_CAGE = (
    'cage = Vault("cage", {pin}lock=Lock.compliance(min=days(7), max=years(8), grace=days(14), acknowledged="SEC-412"))'
)
_POLICY = _CAGE + '\npolicy = Policy("p", attach={attach}, vaults=[cage])'
_PINNED = 'account="backup-central", region="eu-west-1", '


class OpenEndedLock(Rule):
    """What can never be undone is attached to accounts that somebody counted."""

    CODE = "CHG004"
    NAME = "open-ended-lock"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A vault with a compliance lock, or an air-gapped one, in every account, or in all but some"
    WHY = (
        "Every account that the organization ever gets, sandboxes and the management account too, is given a vault "
        "that cannot be deleted before its last recovery point expires; such an account cannot be emptied before. "
        "Locks that last are for units, or for one vault that is pinned."
    )
    SOURCES = (guide("vault-lock"), guide("logicallyairgappedvault"), plain("nobody decided for accounts to come"))
    VALID = (
        _POLICY.format(pin="", attach='ou("Workloads")'),
        _POLICY.format(pin=_PINNED, attach="root()"),
    )
    INVALID = (
        _POLICY.format(pin="", attach="root()"),
        _POLICY.format(pin="", attach='~ou("Backup")'),
        'cage = AirGappedVault("cage", min=days(7), max=days(90))\npolicy = Policy("p", attach=root(), vaults=[cage])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Vaults without pins whose lock was brought by a target without an end."""
        for site, lock in locks(context):
            if lock.mode == "compliance" and not site.vault.pinned and _open(lock.where.target):
                yield self.problem(
                    site,
                    None,
                    f"vault `{site.vault.name}` gets a compliance lock in every account of `{lock.where.target}`, "
                    "those to come too",
                    label="can never be removed",
                    help="attach it to units, pin the vault by `account=`, or use `Lock.governance`",
                    where=lock.where,
                )
        for one in context.air_gapped_vaults:
            if not one.vault.pinned and _open(one.where.target):
                yield self.problem(
                    one,
                    None,
                    f"air-gapped vault `{one.vault.name}`, locked for ever, is made in every account of "
                    f"`{one.where.target}`, those to come too",
                    label="can never be unlocked",
                    help="attach it to units, or pin the vault by `account=`",
                )


def _open(target: str) -> bool:
    """Whether a target takes in accounts that nobody has named: all, or all but some."""
    ways = (way.split(" & ") for way in target.split(" | "))
    return any(all(part == _ROOT or part.startswith("~") or " != " in part for part in way) for way in ways)
