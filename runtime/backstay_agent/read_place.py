"""Reads one account in one Region: what is ours there, what bears a wanted name, and whether what is needed exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backstay_agent import normal
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import Ends, Lock, Place, Plan, Readiness, Selection, Vault, is_ours
from backstay_agent.parts.air_gapped_vault import STANDARD, VAULTS
from backstay_agent.planner.decision import Setting
from backstay_agent.planner.vaults import creation_token
from backstay_agent.read_needs import Needs
from backstay_agent.read_parts import read_parts
from backstay_agent.read_tags import Tags
from backstay_agent.take_steps import Known
from backstay_agent.wanted import Wanted, default_key

_NOT_THERE = {"ResourceNotFoundException"}
# Plans that a service made, not a person: Organizations' own and the automatic one of EFS (semantics of BackupPlanId).
_OF_SERVICES = ("orgs/", "aws/")
# Vaults that AWS makes by itself (developer guide, "Vaults" and "Automatic backups" of EFS, read 2026-11).
_MADE_BY_AWS = frozenset({"Default", "aws/efs/automatic-backup-vault"})
_PAGE = 1000  # the most that a page of recovery points holds
_POINTS = 10_000
"""So many recovery points are looked at for the day on which the last of a vault expires."""


@dataclass(frozen=True)
class PlaceReader:
    """Reads for one organization; every method raises AwsProblem when AWS refuses."""

    aws: Aws
    organization: str
    wanted: Wanted
    needs: Needs

    def read(self) -> Place:
        """The whole place. Where nothing is wanted, one look at the tags says whether there is anything to read."""
        if not self._anything():
            return Place(self.wanted.account, self.wanted.region)
        listed_vaults, listed_plans = self._listed_vaults(), self._listed_plans()
        every = [item for item in listed_plans if item.get("DeletionDate") is None]
        live = [item for item in every if not item["BackupPlanId"].startswith(_OF_SERVICES)]
        standard = [item for item in listed_vaults if item.get("VaultType", STANDARD) == STANDARD]
        arns = (*(item["BackupVaultArn"] for item in standard), *(item["BackupPlanArn"] for item in live))
        self._tags.prepare(arns)
        vaults = {vault.name: vault for item in standard if (vault := self._vault(item)) is not None}
        plans = [plan for item in live if (plan := self._plan(item)) is not None]
        references, roles = {*self._key_references(vaults)}, {arn for arn, _ in self.wanted.roles()}
        opt_ins, management = self._region_settings()
        known: Known = {VAULTS.asked: {"BackupVaultList": listed_vaults}}
        parts, unseen = read_parts(self.aws, self.organization, self.wanted, known, self._tags.kinds())
        return Place(
            self.wanted.account,
            self.wanted.region,
            vaults,
            tuple(sorted(plans, key=lambda plan: (plan.name, plan.id))),
            opt_ins,
            self.needs.keys(*self._at, references),
            {arn: self.needs.role(*self._at, arn) for arn in roles},
            {arn: self.needs.topic(*self._at, arn) for arn in self._topics(vaults)},
            self._generations(listed_plans),
            management,
            parts,
            unseen,
            Readiness(
                self.needs.trusts(roles),
                self.needs.described(references),
                frozenset(item["BackupVaultName"] for item in listed_vaults),
                len(every),
                self._of_services(every),
            ),
        )

    @property
    def _at(self) -> tuple[str, str]:
        return self.wanted.account, self.wanted.region

    @cached_property
    def _setting(self) -> Setting:
        return Setting(self.organization, *self._at, self.aws.now)

    @cached_property
    def _tags(self) -> Tags:
        return Tags(self.aws, *self._at, self.organization)

    def _anything(self) -> bool:
        """Whether there can be anything to read: something is wanted, or something is ours."""
        return self.wanted != Wanted(*self._at, first=self.wanted.first) or self._tags.anything_ours()

    def _call(self, operation: str, **members: Any) -> dict[str, Any]:
        return self.aws.call(*self._at, "backup", operation, **members)

    def _list(self, operation: str, member: str, **members: Any) -> Iterator[dict[str, Any]]:
        return self.aws.pages(*self._at, "backup", operation, member, **members)

    def _optional(self, operation: str, **members: Any) -> dict[str, Any] | None:
        try:
            return self._call(operation, **members)
        except AwsProblem as problem:
            if problem.code in _NOT_THERE:
                return None
            raise

    def _listed_vaults(self) -> list[dict[str, Any]]:
        return sorted(self._list("ListBackupVaults", "BackupVaultList"), key=lambda item: str(item["BackupVaultName"]))

    def _vault(self, item: Mapping[str, Any]) -> Vault | None:
        """A vault that is wanted or ours; None for a stranger's."""
        name, arn = item["BackupVaultName"], item["BackupVaultArn"]
        wish = self.wanted.vaults.get(name)
        if wish is None and name in _MADE_BY_AWS and not self._tags.knows(arn):
            return None
        tags = self._tags.of(arn, wish.tags if wish else None)
        facts: dict[str, Any] = {
            "created": item.get("CreationDate"),
            "points": item.get("NumberOfRecoveryPoints"),
            "creator": item.get("CreatorRequestId"),
        }
        body = name, arn, item.get("EncryptionKeyArn"), tags, _lock(item)
        if wish is not None:
            return Vault(*body, *self._around(name), **facts)
        if not is_ours(tags, self.organization):
            return None
        empty = item.get("NumberOfRecoveryPoints", 0) == 0
        ends = None if empty or name not in self.wanted.renamed else self._ends(name)
        return Vault(*body, empty=empty, ends=ends, **facts)

    def _ends(self, name: str) -> Ends | None:
        """When what a vault holds expires, as far as some pages tell; None where that may not be read."""
        points: list[dict[str, Any]] = []
        whole = True
        try:
            listing = *self._at, "backup", "ListRecoveryPointsByBackupVault"
            for page in self.aws.answers(*listing, BackupVaultName=name, MaxResults=_PAGE):
                points += page["RecoveryPoints"]
                whole = not page.get("NextToken")
                if len(points) >= _POINTS:
                    break
        except AwsProblem:
            return None
        ends = [point.get("CalculatedLifecycle", {}).get("DeleteAt") for point in points]
        return Ends(max((end for end in ends if end is not None), default=None), ends.count(None), whole)

    def _around(self, name: str) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        policy = self._optional("GetBackupVaultAccessPolicy", BackupVaultName=name)
        events = self._optional("GetBackupVaultNotifications", BackupVaultName=name)
        return (
            normal.policy(policy["Policy"]) if policy and policy.get("Policy") else None,
            normal.notifications(events) if events and events.get("SNSTopicArn") else None,
        )

    def _listed_plans(self) -> list[dict[str, Any]]:
        return list(self._list("ListBackupPlans", "BackupPlansList", IncludeDeleted=True))

    def _of_services(self, listed: list[dict[str, Any]]) -> dict[str, str]:
        """Plans of wanted names that a service made, such as those of Organizations' backup policies."""
        made = ((item["BackupPlanName"], item["BackupPlanId"]) for item in listed)
        return {name: one for name, one in sorted(made) if one.startswith(_OF_SERVICES) and name in self.wanted.plans}

    def _generations(self, listed: list[dict[str, Any]]) -> dict[str, int]:
        gone = [item["BackupPlanName"] for item in listed if item.get("DeletionDate") is not None]
        return {name: count for name in self.wanted.plans if (count := gone.count(name))}

    def _plan(self, item: Mapping[str, Any]) -> Plan | None:
        """A plan that is wanted or ours, with its selections; None for a stranger's."""
        identity, arn, name = item["BackupPlanId"], item["BackupPlanArn"], item["BackupPlanName"]
        wish = self.wanted.plans.get(name)
        tags = self._tags.of(arn, wish.tags if wish else None)
        if wish is None and not is_ours(tags, self.organization):
            return None
        answer = self._call("GetBackupPlan", BackupPlanId=identity)
        listed = self._list("ListBackupSelections", "BackupSelectionsList", BackupPlanId=identity)
        ids = sorted(selection["SelectionId"] for selection in listed)
        return Plan(
            identity,
            arn,
            name,
            normal.plan(answer["BackupPlan"]),
            tags,
            item["CreationDate"],
            tuple(self._selection(identity, selection) for selection in ids),
            last_run=item.get("LastExecutionDate"),
            version=answer.get("VersionId"),
            creator=item.get("CreatorRequestId"),
        )

    def _selection(self, plan: str, selection: str) -> Selection:
        answer = self._call("GetBackupSelection", BackupPlanId=plan, SelectionId=selection)
        return Selection(selection, normal.selection(answer["BackupSelection"]))

    def _region_settings(self) -> tuple[dict[str, bool], dict[str, bool]]:
        """Opt-ins, and the types whose backups AWS Backup manages fully; asked for where the policy speaks of them."""
        asks_opt_ins = self.wanted.opt_ins or self.wanted.named_types()
        if not asks_opt_ins and not self.wanted.management:
            return {}, {}
        answer = self._call("DescribeRegionSettings")
        opt_ins = answer["ResourceTypeOptInPreference"] if asks_opt_ins else {}
        management = answer.get("ResourceTypeManagementPreference", {}) if self.wanted.management else {}
        return dict(sorted(opt_ins.items())), dict(sorted(management.items()))

    def _key_references(self, vaults: Mapping[str, Vault]) -> Iterator[str]:
        """The keys that have to be looked up: of vaults that are not there, or not as we would create them now."""
        for name, wish in self.wanted.vaults.items():
            found = vaults.get(name)
            if found is None:
                yield from (wish.key,) if wish.key else ()
            elif found.creator != creation_token(self._setting, wish, found.key_arn):
                yield wish.key or default_key(*self._at)

    def _topics(self, vaults: Mapping[str, Vault]) -> Iterator[str]:
        """The topics of notifications that have yet to be put: what is there already, AWS has accepted."""
        for name, wish in sorted(self.wanted.vaults.items()):
            found = vaults.get(name)
            if wish.notifications and (found is None or found.notifications != wish.notifications):
                yield wish.notifications["SNSTopicArn"]


def _lock(item: Mapping[str, Any]) -> Lock | None:
    if not item.get("Locked"):
        return None
    return Lock(item.get("MinRetentionDays"), item.get("MaxRetentionDays"), item.get("LockDate"))
