"""Each kind of thing in AWS: made with all that it rests on, changed just where the policy changed, and removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.guard.watch import approving

from backstay_agent.execute import Execution, Outcome
from backstay_agent.journal import Journal
from backstay_agent.observe import observe
from backstay_agent.planner import plan_changes
from backstay_contract.plan import ChangePlan, CreatePart, DeletePart, Scope, UpdatePart

PAYMENTS, REGION = "100000000010", "eu-central-1"
SCOPE = Scope(folder="build")
Change = Callable[[dict[str, Any]], None]


class Hand:
    """Plans and applies builds of one account in an embedded AWS."""

    def __init__(self, cloud: Any, builds: Any, every: Change, folder: Path) -> None:
        self.cloud, self.builds, self.every, self.folder = cloud, builds, every, folder
        self.aws = cloud.aws()

    def build(self, change: Change | None = None, *, bare: bool = False) -> Any:
        """A build with one thing of every kind, changed."""

        def both(shape: dict[str, Any]) -> None:
            if not bare:
                self.every(shape)
            if change is not None:
                change(shape)

        return self.builds.make(both)

    def plan(self, build: Any, scope: Scope = SCOPE) -> ChangePlan:
        """What is to be done now."""
        return plan_changes(build, observe(build, self.aws, scope), scope)

    def apply(self, build: Any, scope: Scope = SCOPE) -> list[Outcome]:
        """Do it, everything approved; then nothing is left to do."""
        plan = self.plan(build, scope)
        approved = [action.id for action in plan.actions]
        words = (word for one in approved for word in ("--approve", one))
        with Journal(self.folder / "journal", plan.id) as journal, approving(words):
            outcomes = list(Execution(plan, self.aws, journal, approved, lambda _outcome: None).run(4))
        assert [(it.action.name, it.reason) for it in outcomes if it.status != "done"] == []
        assert [(it.kind, it.name) for it in self.plan(build, scope).actions] == []
        return outcomes


@pytest.fixture
def hand(cloud: Any, builds: Any, every: Change, tmp_path: Path) -> Hand:
    """A hand on an AWS in which every kind of thing was made."""
    made = Hand(cloud, builds, every, tmp_path)
    made.apply(made.build())
    return made


def _key(shape: dict[str, Any]) -> None:
    more = {
        "Effect": "Allow",
        "Principal": {"Service": "backup.amazonaws.com"},
        "Action": "kms:Encrypt",
        "Resource": "*",
    }
    shape["keys"][0]["Policy"]["Statement"].append(more)


def _narrow_key(shape: dict[str, Any]) -> None:
    shape["keys"][0]["Policy"]["Statement"][0]["Action"] = ["kms:Describe*", "kms:Put*", "kms:Get*"]


def _role(shape: dict[str, Any]) -> None:
    shape["roles"][0]["ManagedPolicyArns"].append("arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup")


def _narrow_role(shape: dict[str, Any]) -> None:
    shape["roles"][0]["Policies"] = {}


def _vault(shape: dict[str, Any]) -> None:
    shape["vault_notifications"][1]["BackupVaultEvents"] = ["BACKUP_JOB_FAILED"]


def _open_vault(shape: dict[str, Any]) -> None:
    del shape["vault_access_policies"][1]


def _framework(shape: dict[str, Any]) -> None:
    shape["frameworks"][0]["FrameworkControls"][1]["ControlInputParameters"][0]["ParameterValue"] = "70"


def _report(shape: dict[str, Any]) -> None:
    shape["report_plans"][0]["ReportDeliveryChannel"]["S3KeyPrefix"] = "daily"


def _test(shape: dict[str, Any]) -> None:
    points = shape["restore_testing_plans"][0]["RestoreTestingPlan"]["RecoveryPointSelection"]
    points["ExcludeVaults"], points["SelectionWindowDays"] = [], 60


def _tested(shape: dict[str, Any]) -> None:
    selection = shape["restore_testing_selections"][0]["RestoreTestingSelection"]
    del selection["ProtectedResourceConditions"]
    selection["RestoreMetadataOverrides"] = {}


def _sooner(shape: dict[str, Any]) -> None:
    _days(shape, 60)


def _later(shape: dict[str, Any]) -> None:
    _days(shape, 120)


def _days(shape: dict[str, Any], days: int) -> None:
    configuration = shape["tiering_configurations"][0]["TieringConfiguration"]
    configuration["ResourceSelection"][0]["TieringDownSettingsInDays"] = days


def _tag(shape: dict[str, Any]) -> None:
    shape["frameworks"][0]["FrameworkTags"] = {"f": "2"}


CHANGES: list[tuple[Change, str, str, str]] = [
    (_key, "key", "reversible", "Policy: with: Allow kms:Encrypt for Service=backup.amazonaws.com"),
    (_narrow_key, "key", "destructive", "Policy: without: Allow kms:* for AWS=arn:aws:iam::100000000010:root"),
    (_role, "role", "reversible", "with arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup"),
    (_narrow_role, "role", "destructive", "Policies"),
    (_vault, "air-gapped-vault", "reversible", "Notifications.BackupVaultEvents: with BACKUP_JOB_FAILED"),
    (_open_vault, "air-gapped-vault", "destructive", "AccessPolicy: without: Allow backup:CopyIntoBackupVault"),
    (_framework, "framework", "reversible", "[requiredRetentionDays].ParameterValue: 35 → 70"),
    (_tag, "framework", "reversible", "tag f = 2"),
    (_report, "report-plan", "reversible", "ReportDeliveryChannel.S3KeyPrefix: nothing → daily"),
    (_test, "restore-testing-plan", "reversible", "RecoveryPointSelection.SelectionWindowDays: 30 → 60"),
    (
        _tested,
        "restore-testing-selection",
        "reversible",
        "ProtectedResourceConditions: StringEquals=Key=aws:ResourceTag/env, Value=prod → nothing",
    ),
    (_sooner, "tiering-configuration", "irreversible", "TieringDownSettingsInDays=60"),
    (_later, "tiering-configuration", "reversible", "TieringDownSettingsInDays=120"),
]


def test_just_what_changed_is_changed(hand: Hand) -> None:
    """One update for each change of the policy, with its effect and what it changes; then AWS is as the policy says."""
    made: list[Change] = []

    def all_of(shape: dict[str, Any]) -> None:
        for change in made:
            change(shape)

    for change, noun, effect, told in CHANGES:
        made.append(change)
        (outcome,) = hand.apply(hand.build(all_of))
        action = outcome.action
        assert isinstance(action, UpdatePart)
        assert (action.noun, action.effect) == (noun, effect)
        assert told in " | ".join(action.changes)


def test_what_drifted_is_mended(hand: Hand) -> None:
    """What somebody changed by hand is brought back: a framework, a role made wider, a hold cancelled."""
    backup, iam = hand.cloud.client("backup"), hand.cloud.client("iam")
    backup.update_framework(
        FrameworkName="acme", FrameworkControls=[{"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"}]
    )
    iam.attach_role_policy(RoleName="Own", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    (hold,) = backup.list_legal_holds()["LegalHolds"]
    hand.cloud.local.advance(timedelta(seconds=5))
    backup.cancel_legal_hold(LegalHoldId=hold["LegalHoldId"], CancelDescription="by hand")
    before = hand.cloud.parts()
    done = [(it.action.kind, it.action.name) for it in hand.apply(hand.build())]
    assert sorted(done) == [("create-part", "case"), ("update-part", "Own"), ("update-part", "acme")]
    after = hand.cloud.parts()
    assert (before["holds"], after["holds"]) == ([], [["case", "suit 7"]])
    assert [row for row in after["roles"] if "AdministratorAccess" in row[2]] == []
    assert len(after["frameworks"][0]["FrameworkControls"]) == 2


def test_a_hold_is_made_anew_before_the_old_one_goes(hand: Hand) -> None:
    """AWS changes no legal hold: the new one is in force before the old is cancelled, which is approved by itself."""

    def other(shape: dict[str, Any]) -> None:
        shape["legal_holds"][0]["RecoveryPointSelection"] = {"VaultNames": ["primary", "keyed"]}

    build = hand.build(other)
    first, second = hand.plan(build).actions
    assert isinstance(first, CreatePart)
    assert isinstance(second, DeletePart)
    assert (first.effect, second.effect) == ("reversible", "irreversible")
    assert first.id in second.after_actions
    hand.apply(build)
    states = sorted(row["Status"] for row in hand.cloud.client("backup").list_legal_holds()["LegalHolds"])
    assert (len(states), "CANCELING" in states or "CANCELED" in states) == (2, True)


def test_what_no_policy_names_goes_or_is_told(hand: Hand) -> None:
    """Removals in an order that AWS takes; the key and the role stay, and are told."""

    def backups_by(shape: dict[str, Any]) -> None:
        role = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"
        shape["selections"][0]["BackupSelection"]["IamRoleArn"] = role

    bare = hand.build(backups_by, bare=True)
    plan = hand.plan(bare)
    gone = [(it.noun, it.effect) for it in plan.actions if isinstance(it, DeletePart)]
    assert gone == [
        ("restore-testing-selection", "reversible"),
        ("restore-testing-plan", "reversible"),
        ("report-plan", "reversible"),
        ("framework", "reversible"),
        ("legal-hold", "irreversible"),
        ("tiering-configuration", "reversible"),
        ("air-gapped-vault", "destructive"),
    ]
    assert [(it.kind, it.name) for it in plan.orphans] == [("key", "alias/own"), ("role", "Own")]
    hand.apply(bare)
    left = hand.cloud.parts()
    assert [left[name] for name in ("frameworks", "reports", "tests", "holds", "tiering")] == [[], [], [], [], []]
    assert len(left["keys"]) == 1
    assert any("role/backup/Own" in row[0] for row in left["roles"])


def test_a_key_without_its_alias_is_not_made_twice(cloud: Any, builds: Any, every: Change, tmp_path: Path) -> None:
    """A key that an apply made, and that got no alias because the apply was killed, gets it from the next."""
    hand = Hand(cloud, builds, every, tmp_path)
    hand.apply(hand.build())
    kms = cloud.client("kms")
    kms.delete_alias(AliasName="alias/own")
    hand.apply(hand.build())
    customers = [row["KeyId"] for row in kms.list_keys()["Keys"]]
    mine = [key for key in customers if kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "ours"]
    assert len(mine) == 1
