"""Few calls: what a no-op plan of the reference organizations costs, and that saving calls never costs the truth."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from backstay_agent.aws import Call
from backstay_agent.observe import observe
from backstay_agent.observed import OWNER_TAG, Observed
from backstay_agent.planner import plan_changes
from backstay_agent.read_build import read_build
from backstay_contract.plan import Scope

PAYMENTS, RISK = "100000000010", "100000000011"
REGION, ORGANIZATION = "eu-central-1", "o-acme0001"
SCOPE = Scope(folder="build")
OURS = {OWNER_TAG: ORGANIZATION}


def objects(observed: Observed) -> int:
    """Vaults, locks, policies, notifications, plans and selections that were seen."""
    count = 0
    for place in observed.places.values():
        for vault in place.vaults.values():
            parts = (vault.lock, vault.policy, vault.notifications)
            count += 1 + sum(part is not None for part in parts)
        count += sum(1 + len(plan.selections) for plan in place.plans)
    return count


def listened(aws: Any) -> list[Call]:
    """The calls that will have been made."""
    heard: list[Call] = []
    aws.listen(heard.append)
    return heard


def test_a_no_op_plan_of_a_reference_organization_costs_few_calls(midsize: Any) -> None:
    """Few calls for each vault, lock, access policy, notification, plan and selection; every call counts.

    What each account costs once weighs more in so small an organization; the benchmark holds 1.5 in a large one.
    """
    build, aws = read_build(midsize.build), midsize.aws()
    heard = listened(aws)
    observed = observe(build, aws, SCOPE)
    assert plan_changes(build, observed, SCOPE).actions == ()
    assert observed.unread == ()
    told = Counter(call.operation for call in heard)
    assert len(heard) <= 1.6 * objects(observed), told
    assert told["GetRole"] == len({call.account for call in heard if call.operation == "GetRole"})
    assert told["AssumeRole"] == len({call.account for call in heard}) - 1
    assert {call.retries for call in heard} == {0}


def test_a_kind_that_nobody_wants_is_not_asked_for(cloud: Any, builds: Any) -> None:
    """Unless the tag index says that something of it is ours: then it is found, and nothing else is listed."""
    backup = cloud.client("backup")
    controls = ("BACKUP_RECOVERY_POINT_ENCRYPTED", "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED")
    for name, tags, control in zip(("theirs", "ours"), ({}, OURS), controls, strict=True):
        aws = cloud.aws()
        heard = listened(aws)
        place = observe(builds.make(accounts=(PAYMENTS,)), aws, SCOPE).places[PAYMENTS, REGION]
        lists = {
            call.operation for call in heard if call.operation.startswith("List") and call.service != "organizations"
        }
        assert not lists & {
            "ListFrameworks",
            "ListReportPlans",
            "ListLegalHolds",
            "ListRestoreTestingPlans",
            "ListAliases",
        }
        assert place.parts == ()
        backup.create_framework(FrameworkName=name, FrameworkControls=[{"ControlName": control}], FrameworkTags=tags)
    heard = listened(aws)
    place = observe(builds.make(accounts=(PAYMENTS,)), aws, SCOPE).places[PAYMENTS, REGION]
    assert [(part.noun, part.name) for part in place.parts] == [("framework", "ours")]
    told = Counter(call.operation for call in heard)
    assert (told["ListFrameworks"], told["DescribeFramework"], told["ListReportPlans"]) == (1, 0, 0)


class Index:
    """Holds the tag index of an embedded AWS where it was: what AWS's own does for a while."""

    def __init__(self, aws: Any, answers: list[dict[str, Any]]) -> None:
        self._answers = answers
        aws.botocore_session.register("after-call.resource-groups-tagging-api.GetResources", self.lag)

    def lag(self, parsed: dict[str, Any], **_: Any) -> None:
        """Answer with what was so before."""
        parsed["ResourceTagMappingList"] = self._answers


def put(cloud: Any, name: str, tags: dict[str, str]) -> str:
    """Make a vault; gives its ARN."""
    made = cloud.client("backup").create_backup_vault(BackupVaultName=name, BackupVaultTags=tags)
    return str(made["BackupVaultArn"])


def test_an_index_that_knows_nothing_makes_ours_no_strangers(cloud: Any, builds: Any) -> None:
    """What the index does not have yet, AWS Backup itself is asked about."""
    put(cloud, "primary", OURS)
    put(cloud, "old", OURS)
    aws = cloud.aws()
    heard = listened(aws)
    Index(aws, [])
    place = observe(builds.make(), aws, SCOPE).places[PAYMENTS, REGION]
    assert {name: vault.tags for name, vault in place.vaults.items()} == {"old": OURS, "primary": OURS}
    assert sum(call.operation == "ListTags" for call in heard) == 2


def test_an_index_that_is_behind_decides_nothing(cloud: Any, builds: Any) -> None:
    """Tags that are said to differ, and ours that nobody wants any more, are looked at before anything follows."""
    wanted, unwanted = put(cloud, "primary", {**OURS, "team": "platform"}), put(cloud, "old", {})
    aws = cloud.aws()
    before = [{"Key": OWNER_TAG, "Value": ORGANIZATION}]
    Index(aws, [{"ResourceARN": wanted, "Tags": before}, {"ResourceARN": unwanted, "Tags": before}])
    place = observe(builds.make(), aws, SCOPE).places[PAYMENTS, REGION]
    assert {name: vault.tags for name, vault in place.vaults.items()} == {"primary": {**OURS, "team": "platform"}}


def test_an_index_that_may_not_be_asked_is_done_without(cloud: Any, builds: Any) -> None:
    """A role without `tag:GetResources` costs calls, not the truth."""
    put(cloud, "primary", OURS)
    put(cloud, "old", OURS)
    aws = cloud.aws()
    heard = listened(aws)
    aws.botocore_session.register("before-parameter-build.resource-groups-tagging-api.GetResources", denied)
    observed = observe(builds.make(accounts=(PAYMENTS,)), aws, SCOPE)
    assert sorted(observed.places[PAYMENTS, REGION].vaults) == ["old", "primary"]
    assert observed.unread == ()
    assert any(call.operation == "ListTags" for call in heard)


def denied(**_: Any) -> None:
    """What an account does that does not let the agent ask."""
    told = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized to perform tag:GetResources"}}
    raise ClientError(told, "GetResources")  # type: ignore[arg-type]


def test_where_nothing_is_wanted_one_call_says_whether_anything_is_ours(cloud: Any, builds: Any) -> None:
    """The organization's other accounts cost one call each; what is ours there is read whole."""
    cloud.client("backup", RISK).create_backup_vault(BackupVaultName="lost", BackupVaultTags=OURS)
    aws = cloud.aws()
    heard = listened(aws)
    observed = observe(builds.make(accounts=(PAYMENTS,)), aws, SCOPE)
    assert list(observed.places[RISK, REGION].vaults) == ["lost"]
    idle = [call.operation for call in heard if call.account == "100000000002"]
    assert idle == ["AssumeRole", "GetResources"]


def test_a_vault_of_another_key_is_seen_though_keys_are_seldom_asked_for(cloud: Any, builds: Any, alias: Any) -> None:
    """A vault that was created for the wanted key needs no look at the key; any other one does."""

    def keyed(name: str) -> Any:
        def change(shape: dict[str, Any]) -> None:
            shape["vaults"][0]["EncryptionKeyArn"] = f"arn:aws:kms:{REGION}:$account:alias/{name}"

        return change

    alias(PAYMENTS, "alias/one")
    alias(PAYMENTS, "alias/two")
    first = observe(builds.make(keyed("one")), cloud.aws(), SCOPE)
    [create] = [it for it in plan_changes(builds.make(keyed("one")), first, SCOPE).actions if it.kind == "create-vault"]
    cloud.client("backup").create_backup_vault(
        BackupVaultName="primary",
        EncryptionKeyArn=create.key,
        BackupVaultTags=create.tags,
        CreatorRequestId=create.token,
    )
    aws = cloud.aws()
    heard = listened(aws)
    assert observe(builds.make(keyed("one")), aws, SCOPE).places[PAYMENTS, REGION].keys == {}
    assert "DescribeKey" not in {call.operation for call in heard}
    other = builds.make(keyed("two"))
    told = plan_changes(other, observe(other, cloud.aws(), SCOPE), SCOPE).conflicts
    assert [conflict.kind for conflict in told] == ["vault"]
    assert "alias/two" in told[0].reason


def test_what_changes_by_itself_makes_no_saved_plan_stale(cloud: Any, builds: Any) -> None:
    """Counts and dates are told with what was seen, and are no part of its fingerprint."""
    put(cloud, "primary", OURS)
    observed = observe(builds.make(), cloud.aws(), SCOPE)
    vault = observed.places[PAYMENTS, REGION].vaults["primary"]
    assert vault.points == 0
    assert vault.created is not None
    place = replace(observed.places[PAYMENTS, REGION], vaults={"primary": replace(vault, points=7, created=None)})
    later = replace(observed, places={**observed.places, (PAYMENTS, REGION): place})
    assert later.digest() == observed.digest()


def test_equal_documents_are_kept_once(cloud: Any, builds: Any) -> None:
    """The policy of a vault is one object in memory, however many accounts have it."""
    for account in (PAYMENTS, RISK):
        backup = cloud.client("backup", account)
        backup.create_backup_vault(BackupVaultName="primary", BackupVaultTags=OURS)
        allow = {"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        backup.put_backup_vault_access_policy(BackupVaultName="primary", Policy=policy)
    places = observe(builds.make(accounts=(PAYMENTS, RISK)), cloud.aws(), SCOPE).places
    one, two = (places[account, REGION].vaults["primary"] for account in (PAYMENTS, RISK))
    assert one.policy is two.policy
    assert one.arn != two.arn
