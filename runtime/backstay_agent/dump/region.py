"""Reads everything of AWS Backup in one account and Region, noun by noun, as AWS answers. One noun stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import OWNER_TAG
from backstay_agent.paging import pages
from backstay_contract.dump import (
    Body,
    DumpedFramework,
    DumpedPlan,
    DumpedRegion,
    DumpedReportPlan,
    DumpedRestoreTesting,
    DumpedTiering,
    DumpedVault,
)

_NOT_THERE = {"ResourceNotFoundException", "NotFoundException"}
# What AWS answers where a Region or partition does not have the operation.
_NOT_OFFERED = {"UnknownOperationException", "UnsupportedOperationException"}
# Plans that a service made: the automatic one of EFS. Those of Organizations are read; the importer names them.
_OF_SERVICES = ("aws/",)
_AWS_TAG = "aws:"


def read_region(aws: Aws, account: str, region: str) -> tuple[DumpedRegion | None, tuple[str, ...]]:
    """What is there, and in words what could not be read; raises AwsProblem where the account cannot be entered.

    None where AWS Backup answers nothing at all, as in a Region that the account has not enabled.
    """
    reader = _Reader(aws, account, region)
    found: dict[str, Any] = {}
    unread: list[str] = []
    codes: set[str] = set()
    for noun, read in _NOUNS.items():
        try:
            found[noun] = read(reader)
        except AwsProblem as problem:
            if problem.operation == "AssumeRole":
                raise
            if problem.code not in _NOT_OFFERED:
                codes.add(problem.code)
                unread.append(f"{noun.replace('_', ' ')}: {problem.code} from {problem.operation}")
    if not found and codes:
        return None, (f"AWS Backup does not answer: {', '.join(sorted(codes))}",)
    return DumpedRegion(**found), tuple(unread)


@dataclass(frozen=True)
class _Reader:
    aws: Aws
    account: str
    region: str

    def call(self, operation: str, service: str = "backup", **members: Any) -> Body:
        return body_of(self.aws.call(self.account, self.region, service, operation, **members))

    def list(self, operation: str, member: str, service: str = "backup", **members: Any) -> Iterator[Body]:
        listed = self.aws.pages(self.account, self.region, service, operation, member, **members)
        return (body_of(item) for item in listed)

    def optional(self, operation: str, **members: Any) -> Body | None:
        try:
            return self.call(operation, **members)
        except AwsProblem as problem:
            if problem.code in _NOT_THERE:
                return None
            raise

    def tags(self, arn: str) -> dict[str, str]:
        """The tags that a person, or a policy, gave: neither AWS's own nor the agent's mark of ownership."""
        answers = self.aws.answers(self.account, self.region, "backup", "ListTags", ResourceArn=arn)
        tags = {key: value for answer in answers for key, value in answer.get("Tags", {}).items()}
        return {key: tags[key] for key in sorted(tags) if key != OWNER_TAG and not key.startswith(_AWS_TAG)}

    def plans(self) -> tuple[DumpedPlan, ...]:
        listed = self.list("ListBackupPlans", "BackupPlansList")
        own = (item for item in listed if not item["BackupPlanId"].startswith(_OF_SERVICES))
        return tuple(self._plan(item) for item in sorted(own, key=_by("BackupPlanName", "BackupPlanId")))

    def _plan(self, item: Mapping[str, Any]) -> DumpedPlan:
        plan = item["BackupPlanId"]
        listed = self.list("ListBackupSelections", "BackupSelectionsList", BackupPlanId=plan)
        ids = [one["SelectionId"] for one in sorted(listed, key=_by("SelectionName", "SelectionId"))]
        selections = (self.call("GetBackupSelection", BackupPlanId=plan, SelectionId=one) for one in ids)
        tags = self.tags(item["BackupPlanArn"])
        return DumpedPlan(plan=self.call("GetBackupPlan", BackupPlanId=plan), tags=tags, selections=tuple(selections))

    def vaults(self) -> tuple[DumpedVault, ...]:
        listed = self.list("ListBackupVaults", "BackupVaultList")
        return tuple(self._vault(item) for item in sorted(listed, key=_by("BackupVaultName")))

    def _vault(self, item: Body) -> DumpedVault:
        name = item["BackupVaultName"]
        policy = self.optional("GetBackupVaultAccessPolicy", BackupVaultName=name)
        events = self.optional("GetBackupVaultNotifications", BackupVaultName=name)
        return DumpedVault(
            vault=self._with_key(item),
            tags=self.tags(item["BackupVaultArn"]),
            access_policy=_document(policy["Policy"]) if policy and policy.get("Policy") else None,
            notifications=events if events and events.get("SNSTopicArn") else None,
        )

    def _with_key(self, vault: Body) -> Body:
        """The vault with its key named as a person would: by its only alias; AWS Backup's own key not at all."""
        key = vault.get("EncryptionKeyArn")
        if key is None:
            return vault
        if key.rpartition("/")[2] in self._own_keys or key.endswith(":alias/aws/backup"):
            return {member: value for member, value in vault.items() if member != "EncryptionKeyArn"}
        return vault | {"EncryptionKeyArn": self._aliases.get(key.rpartition("/")[2], key)}

    @cached_property
    def _listed_aliases(self) -> tuple[Body, ...]:
        """The aliases of the place; none where the agent may not ask, and then keys keep their ids."""
        try:
            return tuple(pages(self._aliases_page, "Aliases", "NextMarker", "Marker"))
        except AwsProblem as problem:
            if problem.operation == "AssumeRole":
                raise
            return ()

    def _aliases_page(self, **token: str) -> Body:
        return self.call("ListAliases", "kms", **token)

    @cached_property
    def _own_keys(self) -> frozenset[str]:
        """The id of AWS Backup's own key, if it is there."""
        own = (one for one in self._listed_aliases if one["AliasName"] == "alias/aws/backup")
        return frozenset(one["TargetKeyId"] for one in own if "TargetKeyId" in one)

    @cached_property
    def _aliases(self) -> dict[str, str]:
        """The ARN of a key's alias by the key's id, for keys that have one alias."""
        named: dict[str, list[str]] = {}
        for one in self._listed_aliases:
            if "TargetKeyId" in one:
                named.setdefault(one["TargetKeyId"], []).append(one["AliasArn"])
        return {key: aliases[0] for key, aliases in named.items() if len(aliases) == 1}

    def frameworks(self) -> tuple[DumpedFramework, ...]:
        listed = sorted(self.list("ListFrameworks", "Frameworks"), key=_by("FrameworkName"))
        return tuple(
            DumpedFramework(
                framework=self.call("DescribeFramework", FrameworkName=item["FrameworkName"]),
                tags=self.tags(item["FrameworkArn"]),
            )
            for item in listed
        )

    def report_plans(self) -> tuple[DumpedReportPlan, ...]:
        listed = sorted(self.list("ListReportPlans", "ReportPlans"), key=_by("ReportPlanName"))
        return tuple(DumpedReportPlan(report_plan=item, tags=self.tags(item["ReportPlanArn"])) for item in listed)

    def restore_testing_plans(self) -> tuple[DumpedRestoreTesting, ...]:
        listed = self.list("ListRestoreTestingPlans", "RestoreTestingPlans")
        return tuple(self._restore_testing(item) for item in sorted(listed, key=_by("RestoreTestingPlanName")))

    def _restore_testing(self, item: Mapping[str, Any]) -> DumpedRestoreTesting:
        name = {"RestoreTestingPlanName": item["RestoreTestingPlanName"]}
        listed = self.list("ListRestoreTestingSelections", "RestoreTestingSelections", **name)
        chosen = sorted(one["RestoreTestingSelectionName"] for one in listed)
        answers = (
            self.call("GetRestoreTestingSelection", RestoreTestingSelectionName=one, **name)["RestoreTestingSelection"]
            for one in chosen
        )
        return DumpedRestoreTesting(
            plan=self.call("GetRestoreTestingPlan", **name)["RestoreTestingPlan"],
            tags=self.tags(item["RestoreTestingPlanArn"]),
            selections=tuple(answers),
        )

    def legal_holds(self) -> tuple[Body, ...]:
        listed = sorted(self.list("ListLegalHolds", "LegalHolds"), key=_by("Title", "LegalHoldId"))
        active = (item for item in listed if item.get("Status") in ("ACTIVE", "CREATING"))
        return tuple(self.call("GetLegalHold", LegalHoldId=item["LegalHoldId"]) for item in active)

    def tiering(self) -> tuple[DumpedTiering, ...]:
        listed = self.list("ListTieringConfigurations", "TieringConfigurations")
        return tuple(self._tiering(item) for item in sorted(listed, key=_by("TieringConfigurationName")))

    def _tiering(self, item: Mapping[str, Any]) -> DumpedTiering:
        answer = self.call("GetTieringConfiguration", TieringConfigurationName=item["TieringConfigurationName"])
        return DumpedTiering(
            configuration=answer["TieringConfiguration"], tags=self.tags(item["TieringConfigurationArn"])
        )

    def region_settings(self) -> Body:
        return self.call("DescribeRegionSettings")


# A member of `DumpedRegion` → how it is read.
_NOUNS: Mapping[str, Callable[[_Reader], Any]] = {
    "vaults": _Reader.vaults,
    "plans": _Reader.plans,
    "frameworks": _Reader.frameworks,
    "report_plans": _Reader.report_plans,
    "restore_testing_plans": _Reader.restore_testing_plans,
    "legal_holds": _Reader.legal_holds,
    "tiering_configurations": _Reader.tiering,
    "region_settings": _Reader.region_settings,
}


def _by(*members: str) -> Callable[[Mapping[str, Any]], list[str]]:
    return lambda item: [str(item.get(member, "")) for member in members]


def _document(text: str) -> Body:
    import json

    document: Body = json.loads(text)
    return document


def body_of(answer: Mapping[str, Any]) -> Body:
    """An answer as JSON, without what concerns the transport; times as ISO 8601."""
    return {name: _plain(value) for name, value in answer.items() if name != "ResponseMetadata"}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
