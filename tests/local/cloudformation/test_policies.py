"""Policies of Organizations out of templates: made, attached, changed, moved, and gone with their stack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backstay_local.app import LocalAws

BACKUP, HERE = "BACKUP_POLICY", "eu-central-1"


def document(days: int) -> dict[str, Any]:
    """A backup policy of one plan."""
    pick = {
        "iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/backup"},
        "tag_key": {"@@assign": "backup"},
        "tag_value": {"@@assign": ["daily"]},
    }
    rule = {
        "target_backup_vault_name": {"@@assign": "safe"},
        "schedule_expression": {"@@assign": "cron(0 3 ? * * *)"},
        "lifecycle": {"delete_after_days": {"@@assign": str(days)}},
    }
    plan = {"regions": {"@@assign": [HERE]}, "rules": {"nightly": rule}, "selections": {"tags": {"pick": pick}}}
    return {"plans": {"gold": plan}}


def template(targets: list[str], *, days: int = 35, text: bool = False, **more: Any) -> str:
    """A template with that policy, its content an object or a text."""
    content = json.dumps(document(days)) if text else document(days)
    properties = {"Name": "gold", "Type": BACKUP, "Content": content, "TargetIds": targets, **more}
    resources = {"Policy": {"Type": "AWS::Organizations::Policy", "Properties": properties}}
    outputs = {"Arn": {"Value": {"Fn::GetAtt": ["Policy", "Arn"]}}, "Id": {"Value": {"Ref": "Policy"}}}
    return json.dumps({"Resources": resources, "Outputs": outputs})


class Site:
    """An organization with two members, and the stack of its management account."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self.organizations = aws.client("organizations")
        self.organizations.create_organization(FeatureSet="ALL")
        self.root = self.organizations.list_roots()["Roots"][0]["Id"]
        self.organizations.enable_policy_type(RootId=self.root, PolicyType=BACKUP)
        self.members = [
            self.organizations.create_account(AccountName=name, Email=f"{name}@x.example")["CreateAccountStatus"][
                "AccountId"
            ]
            for name in ("one", "two")
        ]
        self.stacks = aws.client("cloudformation", region="us-east-1")

    def plans(self) -> list[list[int]]:
        """The retentions of the plans of each member."""
        found = []
        for account in self.members:
            backup = self.aws.client("backup", account, HERE)
            bodies = [
                backup.get_backup_plan(BackupPlanId=one["BackupPlanId"])["BackupPlan"]
                for one in backup.list_backup_plans()["BackupPlansList"]
            ]
            found.append([body["Rules"][0]["Lifecycle"]["DeleteAfterDays"] for body in bodies])
        return found

    def stack(self) -> Any:
        """The stack as it is."""
        return self.stacks.describe_stacks(StackName="policies")["Stacks"][0]


@pytest.fixture
def site(aws: LocalAws) -> Site:
    """That organization."""
    return Site(aws)


@pytest.mark.parametrize("text", [True, False])
def test_a_policy_is_made_and_attached(site: Site, text: bool) -> None:
    """`Ref` gives the id, the members get the plan, and deleting the stack takes both."""
    tags = [{"Key": "team", "Value": "core"}]
    site.stacks.create_stack(StackName="policies", TemplateBody=template([site.root], text=text, Tags=tags))
    outputs = {one["OutputKey"]: one["OutputValue"] for one in site.stack()["Outputs"]}
    described = site.organizations.describe_policy(PolicyId=outputs["Id"])["Policy"]["PolicySummary"]
    assert (described["Arn"], described["Type"], described["Name"]) == (outputs["Arn"], BACKUP, "gold")
    assert site.organizations.list_tags_for_resource(ResourceId=outputs["Id"])["Tags"] == tags
    assert site.plans() == [[35], [35]]
    site.stacks.delete_stack(StackName="policies")
    assert site.plans() == [[], []]
    assert site.organizations.list_policies(Filter=BACKUP)["Policies"] == []


def test_targets_and_content_change_in_place(site: Site) -> None:
    """The policy keeps its id; it hangs where the template says, and says what it says."""
    site.stacks.create_stack(StackName="policies", TemplateBody=template([site.members[0]]))
    before = site.stack()["Outputs"]
    assert site.plans() == [[35], []]
    site.stacks.update_stack(StackName="policies", TemplateBody=template([site.members[1]], days=70))
    assert site.plans() == [[], [70]]
    assert site.stack()["Outputs"] == before
    assert site.stack()["StackStatus"] == "UPDATE_COMPLETE"


def test_a_refused_policy_leaves_nothing(site: Site) -> None:
    """What Organizations does not admit fails the stack; a target that is not there takes the policy back, too."""
    for number, wrong in enumerate((template([], Content={"plans": {"p": {"no": 1}}}), template(["ou-abcd-12345678"]))):
        name = f"wrong{number}"
        site.stacks.create_stack(StackName=name, TemplateBody=wrong)
        [stack] = site.stacks.describe_stacks(StackName=name)["Stacks"]
        assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert site.organizations.list_policies(Filter=BACKUP)["Policies"] == []
