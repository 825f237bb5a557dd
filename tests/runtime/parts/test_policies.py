"""Backup policies of the organization: made, attached, brought back, moved, removed; what others made is left alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backstay_agent.execute import Execution
from backstay_agent.journal import Journal
from backstay_agent.observe import observe
from backstay_agent.observed import Observed, Part, Policies
from backstay_agent.parts import backup_policy, backup_policy_attachment
from backstay_agent.planner import plan_changes
from backstay_agent.wanted import WantedPolicies
from backstay_contract.plan import ChangePlan, Scope

MANAGEMENT, CENTRAL, PAYMENTS = "100000000001", "100000000002", "100000000010"
SCOPE = Scope(folder="build")
OURS = {"backstay:owner": "o-acme0001"}


def document(keep: int = 35, plan: str = "gold") -> str:
    """The text of a backup policy that keeps for so many days."""
    rule = {
        "schedule_expression": {"@@assign": "cron(0 5 ? * * *)"},
        "target_backup_vault_name": {"@@assign": "primary"},
        "lifecycle": {"delete_after_days": {"@@assign": str(keep)}},
    }
    role = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"
    tags = {
        "x": {"iam_role_arn": {"@@assign": role}, "tag_key": {"@@assign": "b"}, "tag_value": {"@@assign": ["gold"]}}
    }
    body = {"regions": {"@@assign": ["eu-central-1"]}, "rules": {"daily": rule}, "selections": {"tags": tags}}
    return json.dumps({"plans": {plan: body}})


def wanted(nodes: Iterable[str], text: str | None = None, per_node: int = 10, in_all: int = 1000) -> WantedPolicies:
    """One policy on some nodes."""
    policy = backup_policy.wish("gold", "made by a test", text or document(), OURS)
    attached = (backup_policy_attachment.wish("gold", node) for node in nodes)
    return WantedPolicies((policy, *attached), per_node, in_all)


class Organization:
    """An organization in an embedded AWS, and an agent on it."""

    def __init__(self, cloud: Any, builds: Any, folder: Path) -> None:
        self.cloud, self.folder = cloud, folder
        self.build = builds.make()
        self.aws = cloud.aws()
        self.client = cloud.client("organizations", MANAGEMENT, "us-east-1")
        self.root = self.client.list_roots()["Roots"][0]["Id"]
        self.client.enable_policy_type(RootId=self.root, PolicyType="BACKUP_POLICY")

    def plan(self, policies: WantedPolicies | None) -> ChangePlan:
        """What is to be done about policies, and only about them."""
        build = replace(self.build, policies=policies)
        observed = replace(observe(build, self.aws, SCOPE), places={}, global_settings=None)
        return plan_changes(build, observed, SCOPE)

    def apply(self, policies: WantedPolicies | None) -> list[tuple[str, str, str]]:
        """Do it: kind, name and effect of each action; then nothing is left to do."""
        plan = self.plan(policies)
        with Journal(self.folder / "journal", plan.id) as journal:
            outcomes = Execution(plan, self.aws, journal, (), lambda _outcome: None).run(4)
        assert [(it.action.name, it.reason) for it in outcomes if it.status != "done"] == []
        assert self.plan(policies).actions == ()
        return [(it.action.kind, it.action.name, it.action.effect) for it in outcomes]

    def attached(self) -> dict[str, list[str]]:
        """The names of the nodes that each policy is attached to."""
        found = {}
        for one in self.client.list_policies(Filter="BACKUP_POLICY")["Policies"]:
            targets = self.client.list_targets_for_policy(PolicyId=one["Id"])["Targets"]
            found[one["Name"]] = sorted(target["Name"] for target in targets)
        return found

    def unit(self) -> str:
        """The id of Workloads/Prod."""
        top = self.client.list_organizational_units_for_parent(ParentId=self.root)["OrganizationalUnits"]
        below = self.client.list_organizational_units_for_parent(ParentId=top[0]["Id"])["OrganizationalUnits"]
        return str(below[0]["Id"])

    def policy(self, name: str) -> str:
        """A policy's id."""
        policies = self.client.list_policies(Filter="BACKUP_POLICY")["Policies"]
        return next(str(one["Id"]) for one in policies if one["Name"] == name)


@pytest.fixture
def organization(cloud: Any, builds: Any, tmp_path: Path) -> Organization:
    """The tests' organization with backup policies turned on."""
    return Organization(cloud, builds, tmp_path)


def test_policies_live_and_go(organization: Organization) -> None:
    """Made and attached; brought back; moved without a gap; changed; and removed once no build has them."""
    made = organization.apply(wanted(["Workloads/Prod", CENTRAL]))
    assert made == [
        ("create-part", "gold", "reversible"),
        ("create-part", f"gold on {CENTRAL}", "reversible"),
        ("create-part", "gold on Workloads/Prod", "reversible"),
    ]
    assert organization.attached() == {"gold": ["Prod", "backup-central"]}
    gold = organization.policy("gold")

    organization.client.detach_policy(PolicyId=gold, TargetId=CENTRAL)
    drift = organization.apply(wanted(["Workloads/Prod", CENTRAL]))
    assert drift == [("create-part", f"gold on {CENTRAL}", "reversible")]

    moved = organization.apply(wanted(["root", "Workloads/Prod"]))
    assert moved == [
        ("create-part", "gold on root", "reversible"),
        ("delete-part", f"gold on {CENTRAL}", "destructive"),
    ]
    assert organization.attached() == {"gold": ["Prod", "Root"]}

    more = json.loads(document())["plans"] | json.loads(document(plan="silver"))["plans"]
    grown = organization.apply(wanted(["root"], json.dumps({"plans": more})))
    assert grown == [
        ("update-part", "gold", "reversible"),
        ("delete-part", f"gold on Prod ({organization.unit()})", "destructive"),
    ]
    less = organization.apply(wanted(["root"], document(keep=7)))
    assert less == [("update-part", "gold", "destructive")]
    content = organization.client.describe_policy(PolicyId=gold)["Policy"]["Content"]
    assert json.loads(content) == json.loads(document(keep=7))

    told = organization.plan(None)
    assert [(it.kind, it.name) for it in told.orphans] == [("backup-policy", "gold")]
    assert told.actions == ()
    gone = organization.apply(WantedPolicies((), 10, 1000))
    assert gone == [("delete-part", "gold on root", "destructive"), ("delete-part", "gold", "destructive")]
    assert organization.attached() == {}


def test_what_others_made_is_left_alone(organization: Organization) -> None:
    """A policy of another controller is neither detached nor changed; one of a wanted name is a conflict."""
    made = organization.client.create_policy(
        Name="gold", Description="theirs", Content=document(keep=5), Type="BACKUP_POLICY"
    )["Policy"]["PolicySummary"]["Id"]
    organization.client.attach_policy(PolicyId=made, TargetId=organization.root)
    plan = organization.plan(wanted(["Workloads/Prod"]))
    assert (plan.actions, [(it.kind, it.name) for it in plan.conflicts]) == ((), [("backup-policy", "gold")])
    assert organization.plan(WantedPolicies((), 10, 1000)).actions == ()
    assert organization.attached() == {"gold": ["Root"]}


def test_the_delegated_administrator_is_asked(organization: Organization, cloud: Any) -> None:
    """Where the management account cannot be entered, the account that administers backup is asked instead."""
    organization.apply(wanted(["Workloads/Prod"]))
    iam = cloud.client("iam", CENTRAL)
    iam.create_user(UserName="runner")
    key = iam.create_access_key(UserName="runner")["AccessKey"]
    cloud.client("iam", MANAGEMENT).delete_role(RoleName="backstay-agent")
    aws = cloud.aws(keys=(key["AccessKeyId"], key["SecretAccessKey"]))
    build = replace(organization.build, policies=wanted(["Workloads/Prod"]))
    found = observe(build, aws, SCOPE).policies
    assert found is not None
    assert (found.account, [part.name for part in found.parts]) == (CENTRAL, ["gold", "gold on Workloads/Prod"])


Decide = Callable[[WantedPolicies, Policies], ChangePlan]


@pytest.fixture
def decide(builds: Any, model: Any) -> Decide:
    """The plan for policies, given what the organization has."""

    def plan(policies: WantedPolicies, found: Policies) -> ChangePlan:
        build = replace(builds.make(), policies=policies)
        return plan_changes(build, Observed(model.now, {}, None, (), found), SCOPE)

    return plan


NODES: dict[str, str | None] = {"root": "r-1", "Prod": "ou-1", "Gone": None}
GOLD = ("gold", "p-1")


def found(*nodes: str, taken: dict[str, int] | None = None, number: int = 1) -> Policies:
    """An organization that has the policy, on some nodes."""
    policy = backup_policy.wish("gold", "made by a test", document(), OURS)
    here = Part("backup-policy", "gold", "p-1", policy.body, OURS)
    names = [backup_policy_attachment.name_of("gold", node) for node in nodes]
    parts = [backup_policy_attachment.part(*GOLD, node, f"id-{node}", OURS, names) for node in nodes]
    return Policies(MANAGEMENT, "eu-central-1", (here, *parts), taken or {}, number, NODES)


def test_a_full_node_takes_no_more(decide: Decide) -> None:
    """AWS has a largest number of policies on a node: told before anything is tried, with both numbers."""
    plan = decide(wanted(["root", "Prod"], per_node=2), found(taken={"Prod": 2, "root": 1}))
    assert [action.name for action in plan.actions] == ["gold on root"]
    assert [it.reason for it in plan.conflicts] == ["Prod has 2 backup policies, and AWS allows 2; detach one first"]


def test_an_organization_has_so_many_policies(decide: Decide) -> None:
    """What is more than AWS allows is told, and not attached."""
    none = Policies(MANAGEMENT, "eu-central-1", (), {}, 3, NODES)
    plan = decide(wanted(["root"], in_all=3), none)
    assert (plan.actions, [it.kind for it in plan.conflicts]) == ((), ["backup-policy"])


def test_a_unit_that_is_not_found_takes_nothing_away(decide: Decide) -> None:
    """A renamed unit is a conflict; the attachment that the policy has, perhaps on that very unit, stays."""
    plan = decide(wanted(["Gone"]), found("ou-9"))
    assert plan.actions == ()
    assert [(it.name, "no unit Gone" in it.reason) for it in plan.conflicts] == [("gold on Gone", True)]
