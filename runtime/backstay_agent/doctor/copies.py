"""The copies that a build makes: from which vault, to which. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.wanted import Wanted
from backstay_aws import arns

_VAULT = "backup-vault:"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a rule: the vault that it comes from (in the place of the plan) and where it goes."""

    source: str
    arn: str
    account: str
    region: str
    vault: str


def copies(wanted: Wanted) -> Iterator[Copy]:
    """Every copy of every rule of a place; an ARN that names no vault is left out (AWS would refuse the plan)."""
    for plan in wanted.plans.values():
        for rule in plan.body["Rules"]:
            for copy in rule.get("CopyActions", ()):
                arn = copy["DestinationBackupVaultArn"]
                parsed = arns.parse(arn)
                if parsed is not None and parsed.resource.startswith(_VAULT):
                    name = parsed.resource.removeprefix(_VAULT)
                    yield Copy(rule["TargetBackupVaultName"], arn, parsed.account, parsed.region, name)
