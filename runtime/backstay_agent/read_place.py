"""Reads one account in one Region: what is ours there, what bears a wanted name, and whether what is needed exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay_agent import normal
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import Key, Lock, Place, Plan, Present, Readiness, Selection, Vault, is_ours
from backstay_agent.wanted import Wanted, default_key

_NOT_THERE = {"ResourceNotFoundException", "NoSuchEntity", "NotFound", "NotFoundException"}
# Plans that a service made, not a person: Organizations' own and the automatic one of EFS (semantics of BackupPlanId).
_OF_SERVICES = ("orgs/", "aws/")


@dataclass(slots=True)
class Noted:
    """What is seen on the way and matters for preflight."""

    vaults: set[str] = field(default_factory=set)
    plans: int = 0
    trusts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceReader:
    """Reads for one organization; every method raises AwsProblem when AWS refuses."""

    aws: Aws
    organization: str
    wanted: Wanted

    def read(self) -> Place:
        """The whole place."""
        there = Noted()
        vaults = {vault.name: vault for vault in self._vaults(there)}
        live, generations = self._plans(there)
        return Place(
            self.wanted.account,
            self.wanted.region,
            vaults,
            tuple(sorted(live, key=lambda plan: (plan.name, plan.id))),
            self._opt_ins(),
            self._keys(vaults, there),
            {arn: self._role(arn, there) for arn, _ in self.wanted.roles()},
            {arn: self._topic(arn) for arn, _ in self.wanted.topics()},
            generations,
            Readiness(there.trusts, there.keys, frozenset(there.vaults), there.plans),
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

    def _vaults(self, there: Noted) -> Iterator[Vault]:
        for item in self._list("ListBackupVaults", "BackupVaultList"):
            name, arn = item["BackupVaultName"], item["BackupVaultArn"]
            there.vaults.add(name)
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

    def _plans(self, there: Noted) -> tuple[list[Plan], dict[str, int]]:
        live, generations = [], dict.fromkeys(self.wanted.plans, 0)
        for item in self._list("ListBackupPlans", "BackupPlansList", IncludeDeleted=True):
            name, identity = item["BackupPlanName"], item["BackupPlanId"]
            if item.get("DeletionDate") is not None:
                if name in generations:
                    generations[name] += 1
                continue
            there.plans += 1
            if not identity.startswith(_OF_SERVICES):
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

    def _opt_ins(self) -> dict[str, bool]:
        if not self.wanted.opt_ins and not self.wanted.named_types():
            return {}
        return dict(sorted(self._call("DescribeRegionSettings")["ResourceTypeOptInPreference"].items()))

    def _keys(self, vaults: Mapping[str, Vault], there: Noted) -> dict[str, str | None]:
        references = {reference for reference, _ in self.wanted.key_references()}
        if any(wish.key is None and wish.name in vaults for wish in self.wanted.vaults.values()):
            references.add(default_key(self.wanted.account, self.wanted.region))
        keys: dict[str, str | None] = {}
        for reference in sorted(references):
            try:
                found = self._call("DescribeKey", "kms", KeyId=reference)["KeyMetadata"]
                keys[reference] = found["Arn"]
                of_aws = found.get("KeyManager") == "AWS"
                there.keys[reference] = Key(found["Arn"], found.get("KeyState", "Enabled"), of_aws)
            except AwsProblem as problem:
                if problem.operation != "DescribeKey":
                    raise
                if problem.code in _NOT_THERE:
                    keys[reference] = None
        return keys

    def _role(self, arn: str, there: Noted) -> Present:
        """Whether a role exists; its trust policy is noted. `unknown` where the agent may not look."""
        try:
            role = self._call("GetRole", "iam", RoleName=arn.rpartition("/")[2])["Role"]
        except AwsProblem as problem:
            return self._absent(problem, "GetRole")
        if role["Arn"] != arn:
            return "no"
        there.trusts[arn] = role["AssumeRolePolicyDocument"]
        return "yes"

    def _topic(self, arn: str) -> Present:
        """Whether a topic exists; `unknown` where the agent may not look."""
        try:
            self._call("GetTopicAttributes", "sns", TopicArn=arn)
        except AwsProblem as problem:
            return self._absent(problem, "GetTopicAttributes")
        return "yes"

    def _absent(self, problem: AwsProblem, operation: str) -> Present:
        if problem.operation != operation:
            raise problem
        return "no" if problem.code in _NOT_THERE else "unknown"


def _lock(item: Mapping[str, Any]) -> Lock | None:
    if not item.get("Locked"):
        return None
    return Lock(item.get("MinRetentionDays"), item.get("MaxRetentionDays"), item.get("LockDate"))
