"""A plan whose copies all have somewhere to go: one whose vault is not known, or is no vault, is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from backstay.importer.found import REMARKS, Found, Unknown
from backstay.importer.problem import problem
from backstay.importer.write.desk import undecided
from backstay.importer.write.things import OWN_ACCOUNT
from backstay_aws import arns
from backstay_contract.findings import Finding, Span

COPIES: Final = "CopyActions"
DESTINATION: Final = "DestinationBackupVaultArn"
AIR_GAPPED: Final = "TargetLogicallyAirGappedBackupVaultArn"
VAULT: Final = "backup-vault:"
FORM: Final = "a vault's ARN is `arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME`"


def plan(one: Found, gone: frozenset[str], findings: list[Finding]) -> Found:
    """The plan; `gone` names the vaults of its accounts that are left out. What is left out of it is told."""
    wrapped = isinstance(one.body.get("BackupPlan"), Mapping)
    said: Mapping[str, Any] = one.body["BackupPlan"] if wrapped else one.body
    rules = said.get("Rules")
    if not isinstance(rules, list | tuple):
        return one
    settled = [_Rule(one, number, gone, findings, []).settled(rule) for number, rule in enumerate(rules)]
    body = {**said, "Rules": settled}
    return replace(one, body={**one.body, "BackupPlan": body} if wrapped else body)


def is_vault(arn: Any) -> bool:
    """Whether a value is the ARN of a backup vault."""
    parsed = arns.parse(arn) if isinstance(arn, str) else None
    return parsed is not None and parsed.service == "backup" and parsed.resource.startswith(VAULT)


@dataclass(frozen=True, slots=True)
class _Rule:
    plan: Found
    number: int
    gone: frozenset[str]
    findings: list[Finding]
    remarks: list[str]

    def settled(self, rule: Any) -> Any:
        """The rule with the copies that go somewhere, and what is to be said of the others."""
        if not isinstance(rule, Mapping):
            return rule
        body = dict(rule)
        if COPIES in rule:
            body[COPIES] = self._copies(rule[COPIES])
        if AIR_GAPPED in rule and not self._goes(rule[AIR_GAPPED], "the air-gapped vault", self._place(AIR_GAPPED)):
            del body[AIR_GAPPED]
        return {**body, REMARKS: self.remarks} if self.remarks else body

    def _copies(self, copies: Any) -> Sequence[Any]:
        if isinstance(copies, Unknown):
            self._open("its copies", copies, self._place(COPIES))
            return ()
        return [
            copy for at, copy in enumerate(copies) if self._copied(copy, self._place(f"{COPIES}/{at}/{DESTINATION}"))
        ]

    def _copied(self, copy: Any, place: Span) -> bool:
        if isinstance(copy, Unknown):
            self._open("a copy", copy, place)
            return False
        return self._goes(copy.get(DESTINATION), "the copy", place)

    def _goes(self, arn: Any, what: str, place: Span) -> bool:
        """Whether there is a vault to go to; a value of the source's own default is that value."""
        said = arn.default if isinstance(arn, Unknown) and arn.default is not None else arn
        if isinstance(said, Unknown):
            self._open(what, said, place)
        elif not is_vault(said):
            self.remarks.append(f"left out: {what} to `{said}`, which is no vault's ARN")
            message = f"`{said}` is no vault's ARN: {what} to it is left out"
            self.findings.append(problem("wrong-value", message, place, help=FORM))
        elif self._is_gone(str(said)):
            self.remarks.append(f"left out: {what} to `{said}`, for that vault itself is left out")
        else:
            return True
        return False

    def _open(self, what: str, unknown: Unknown, place: Span) -> None:
        self.remarks.append(f"left out: {what}; {undecided(unknown)}")
        message = f"{what} of a rule: left out, for `{unknown.brief}` is not known"
        self.findings.append(problem("left-out", message, place, notes=(unknown.why,)))

    def _is_gone(self, arn: str) -> bool:
        parsed = arns.parse(arn)
        own = parsed is not None and parsed.account in (OWN_ACCOUNT, self.plan.where.account)
        return parsed is not None and own and parsed.resource.removeprefix(VAULT) in self.gone

    def _place(self, member: str) -> Span:
        path = f"/Rules/{self.number}/{member}"
        places = self.plan.places
        return places.get(f"/BackupPlan{path}") or places.get(path) or self.plan.place
