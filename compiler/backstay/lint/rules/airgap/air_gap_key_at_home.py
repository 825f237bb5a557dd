"""An air-gapped vault whose key is not behind the air gap."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws import arns

_AWS = "alias/aws/"


class AirGapKeyAtHome(Rule):
    """A key belongs as far away as the data that it opens."""

    CODE = "GAP009"
    NAME = "air-gap-key-at-home"
    SEVERITY = "advice"
    SUMMARY = "An air-gapped vault on a key of its own account"
    WHY = (
        "Nobody of the account can delete what is in the vault, but its administrators can delete the key, and then "
        "nobody can read it: the gap is bridged. AWS recommends its own key (leave `key=` out), or one of an account "
        "of another organization that is there for recovery, and warns of keys of the same account except for tests. "
        "A warning for AWS-managed keys: the vault takes AWS-owned and customer-managed ones."
    )
    SOURCES = (guide("logicallyairgappedvault"),)
    VALID = (
        'AirGappedVault("cage", min=days(7), max=days(90))',
        'AirGappedVault("cage", region="eu-west-1", min=days(7), max=days(90),\n'
        '    key="arn:aws:kms:eu-west-1:999999999999:key/1")',
    )
    INVALID = (
        'AirGappedVault("cage", min=days(7), max=days(90), key="alias/backup")',
        'AirGappedVault("cage", min=days(7), max=days(90), key="alias/aws/backup")',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Keys of the accounts in which such vaults stand."""
        for site in context.air_gapped_vaults:
            key = arns.parse(site.vault.key_arn or "")
            if key is None or key.service != "kms" or key.account not in (ACCOUNT, *site.accounts):
                continue
            managed = key.resource.startswith(_AWS)
            yield self.problem(
                site,
                "key",
                f"air-gapped vault `{site.vault.name}` is on an AWS-managed key, which such vaults do not take"
                if managed
                else f"whoever administers the account of air-gapped vault `{site.vault.name}` can delete its key",
                label="AWS-managed" if managed else "a key of the vault's own account",
                help="leave `key=` out: then AWS owns the key"
                + ("" if managed else ", or name one of an account for recovery"),
                severity="warning" if managed else None,
            )
