"""Reads one account in one Region: what is ours there, what bears a wanted name, and whether what is needed exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent import normal
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import Lock, Place, Plan, Present, Selection, Vault, is_ours
from backstay_agent.parts.air_gapped_vault import STANDARD, VAULTS
from backstay_agent.read_parts import read_parts
from backstay_agent.wanted import Wanted, default_key

_NOT_THERE = {"ResourceNotFoundException", "NoSuchEntity", "NotFound", "NotFoundException"}
# Plans that a service made, not a person: Organizations' own and the automatic one of EFS (semantics of BackupPlanId).
_OF_SERVICES = ("orgs/", "aws/")


@dataclass(frozen=True, slots=True)
class PlaceReader:
    """Reads for one organization; every method raises AwsProblem when AWS refuses."""

    aws: Aws
    organization: str
    wanted: Wanted

    def read(self) -> Place:
        """The whole place."""
        listed = list(self._list("ListBackupVaults", "BackupVaultList"))
        vaults = {vault.name: vault for vault in self._vaults(listed)}
        live, generations = self._plans()
        opt_ins, management = self._region_settings()
        parts, unseen = read_parts(
            self.aws, self.organization, self.wanted, {VAULTS.asked: {"BackupVaultList": listed}}
        )
        return Place(
            self.wanted.account,
            self.wanted.region,
            vaults,
            tuple(sorted(live, key=lambda plan: (plan.name, plan.id))),
            opt_ins,
            self._keys(vaults),
            {arn: self._exists(arn, "iam") for arn, _ in self.wanted.roles()},
            {arn: self._exists(arn, "sns") for arn, _ in self.wanted.topics()},
            generations,
            management,
            parts,
            unseen,
        )

    def _call(self, operation: str, service: str = "backup", **members: Any) -> dict[str, Any]:
        return self.aws.call(self.wanted.account, self.wanted.region, service, operation, **members)

    def _list(self, operation: str, member: str, **members: Any) -> Iterator[dict[str, Any]]:
        return self.aws.pages(self.wanted.account, self.wanted.region, "backup", operation, member, **members)

    def _optional(self, operation: str, **members: Any) -> dict[str, Any] | None:
        try:
            return self._call(operation, **members)
        except AwsProblem as problem:
            if problem.code in _NOT_THERE:
                return None
            raise

    def _tags(self, arn: str) -> dict[str, str]:
        place = self.wanted.account, self.wanted.region
        tags: dict[str, str] = {}
        for answer in self.aws.answers(*place, "backup", "ListTags", ResourceArn=arn):
            tags |= answer.get("Tags", {})
        return dict(sorted(tags.items()))

    def _vaults(self, listed: Iterable[Mapping[str, Any]]) -> Iterator[Vault]:
        """The standard vaults; air-gapped ones are read with the parts."""
        for item in listed:
            if item.get("VaultType", STANDARD) != STANDARD:
                continue
            name, arn = item["BackupVaultName"], item["BackupVaultArn"]
            tags = self._tags(arn)
            if name in self.wanted.vaults:
                policy, notifications = self._around(name)
                yield Vault(name, arn, item.get("EncryptionKeyArn"), tags, _lock(item), policy, notifications)
            elif is_ours(tags, self.organization):
                empty = item.get("NumberOfRecoveryPoints", 0) == 0
                yield Vault(name, arn, item.get("EncryptionKeyArn"), tags, _lock(item), empty=empty)

    def _around(self, name: str) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        policy = self._optional("GetBackupVaultAccessPolicy", BackupVaultName=name)
        events = self._optional("GetBackupVaultNotifications", BackupVaultName=name)
        return (
            normal.policy(policy["Policy"]) if policy and policy.get("Policy") else None,
            normal.notifications(events) if events and events.get("SNSTopicArn") else None,
        )

    def _plans(self) -> tuple[list[Plan], dict[str, int]]:
        live, generations = [], dict.fromkeys(self.wanted.plans, 0)
        for item in self._list("ListBackupPlans", "BackupPlansList", IncludeDeleted=True):
            name, identity = item["BackupPlanName"], item["BackupPlanId"]
            if item.get("DeletionDate") is not None:
                if name in generations:
                    generations[name] += 1
            elif not identity.startswith(_OF_SERVICES):
                tags = self._tags(item["BackupPlanArn"])
                if name in self.wanted.plans or is_ours(tags, self.organization):
                    live.append(self._plan(item, tags))
        return live, {name: count for name, count in generations.items() if count}

    def _plan(self, item: Mapping[str, Any], tags: Mapping[str, str]) -> Plan:
        identity = item["BackupPlanId"]
        body = self._call("GetBackupPlan", BackupPlanId=identity)["BackupPlan"]
        listed = self._list("ListBackupSelections", "BackupSelectionsList", BackupPlanId=identity)
        ids = sorted(selection["SelectionId"] for selection in listed)
        selections = tuple(self._selection(identity, selection) for selection in ids)
        arn, name, created = item["BackupPlanArn"], item["BackupPlanName"], item["CreationDate"]
        return Plan(identity, arn, name, normal.plan(body), tags, created, selections)

    def _selection(self, plan: str, selection: str) -> Selection:
        answer = self._call("GetBackupSelection", BackupPlanId=plan, SelectionId=selection)
        return Selection(selection, normal.selection(answer["BackupSelection"]))

    def _region_settings(self) -> tuple[dict[str, bool], dict[str, bool]]:
        """Opt-ins, and the types whose backups AWS Backup manages fully; asked for where the policy speaks of them."""
        if not self.wanted.opt_ins and not self.wanted.management:
            return {}, {}
        answer = self._call("DescribeRegionSettings")
        opt_ins = answer["ResourceTypeOptInPreference"] if self.wanted.opt_ins else {}
        management = answer.get("ResourceTypeManagementPreference", {}) if self.wanted.management else {}
        return dict(sorted(opt_ins.items())), dict(sorted(management.items()))

    def _keys(self, vaults: Mapping[str, Vault]) -> dict[str, str | None]:
        references = {reference for reference, _ in self.wanted.key_references()}
        if any(wish.key is None and wish.name in vaults for wish in self.wanted.vaults.values()):
            references.add(default_key(self.wanted.account, self.wanted.region))
        keys: dict[str, str | None] = {}
        for reference in sorted(references):
            try:
                keys[reference] = self._call("DescribeKey", "kms", KeyId=reference)["KeyMetadata"]["Arn"]
            except AwsProblem as problem:
                if problem.operation != "DescribeKey":
                    raise
                if problem.code in _NOT_THERE:
                    keys[reference] = None
        return keys

    def _exists(self, arn: str, service: str) -> Present:
        """Whether a role or a topic exists; `unknown` where the agent may not look."""
        try:
            if service == "sns":
                self._call("GetTopicAttributes", "sns", TopicArn=arn)
                return "yes"
            found = self._call("GetRole", "iam", RoleName=arn.rpartition("/")[2])
            return "yes" if found["Role"]["Arn"] == arn else "no"
        except AwsProblem as problem:
            if problem.operation not in ("GetRole", "GetTopicAttributes"):
                raise
            return "no" if problem.code in _NOT_THERE else "unknown"


def _lock(item: Mapping[str, Any]) -> Lock | None:
    if not item.get("Locked"):
        return None
    return Lock(item.get("MinRetentionDays"), item.get("MaxRetentionDays"), item.get("LockDate"))
