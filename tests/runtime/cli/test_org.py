"""`org pull` and `org bootstrap`, against an embedded AWS, checked with plain boto3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from backstay_agent.org_yaml import write
from backstay_contract.attachments import PolicyAttachments
from backstay_contract.organization import Account, Organization, Root, Unit

MANAGEMENT, CENTRAL, PAYMENTS, RISK, REGION = (
    "100000000001",
    "100000000002",
    "100000000010",
    "100000000011",
    "eu-central-1",
)


def read(path: Path) -> Organization:
    """The organization in a file."""
    return Organization.model_validate(yaml.safe_load(path.read_text()))


def test_pull_writes_the_tree(cloud: Any, run: Any, tmp_path: Path) -> None:
    """Ids, units, names and tags of AWS Organizations, one account a line, the same bytes every time."""
    assert run("org", "pull", "--regions", "eu-central-1,eu-west-1").exit_code == 0
    text = (tmp_path / "org.yaml").read_text()
    tree = read(tmp_path / "org.yaml")
    assert (tree.id, tree.management_account) == ("o-acme0001", MANAGEMENT)
    assert tree.regions == ("eu-central-1", "eu-west-1")
    assert {account.id: path for path, account in tree.places()} == {
        MANAGEMENT: (),
        CENTRAL: (),
        PAYMENTS: ("Workloads", "Prod"),
        RISK: ("Workloads", "Prod"),
    }
    assert f'- {{id: "{PAYMENTS}", name: payments-prod, tags: {{env: prod}}}}' in text
    assert run("org", "pull").exit_code == 0
    assert (tmp_path / "org.yaml").read_text() == text


def test_what_a_person_wrote_stays(cloud: Any, run: Any, tmp_path: Path) -> None:
    """Regions at single accounts are nothing that AWS knows; a second pull keeps them."""
    run("org", "pull", "--regions", REGION)
    path = tmp_path / "org.yaml"
    path.write_text(path.read_text().replace("name: risk-prod", "name: risk-prod, regions: [eu-west-1]"))
    cloud.client("organizations", MANAGEMENT).create_account(Email="a@acme.example", AccountName="fresh")
    assert run("org", "pull").exit_code == 0
    accounts = {account.name: account for _, account in read(path).places()}
    assert accounts["risk-prod"].regions == ("eu-west-1",)
    assert "fresh" in accounts


def test_closed_accounts_are_left_out(cloud: Any, run: Any, tmp_path: Path) -> None:
    """An account that was closed is no place to back up."""
    cloud.client("organizations", MANAGEMENT).close_account(AccountId=RISK)
    assert run("org", "pull", "--regions", REGION).exit_code == 0
    assert RISK not in {account.id for _, account in read(tmp_path / "org.yaml").places()}


def test_a_delegated_administrator_pulls_the_same(
    cloud: Any, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever administers backup for the organization needs no access to the management account."""
    run("org", "pull", "--regions", REGION, "-o", "theirs.yaml")
    iam = cloud.client("iam", CENTRAL)
    iam.create_user(UserName="ops")
    key = iam.create_access_key(UserName="ops")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    pulled = run("org", "pull", "--regions", REGION, "-o", "ours.yaml")
    assert pulled.exit_code == 0, pulled.output
    assert (tmp_path / "ours.yaml").read_text() == (tmp_path / "theirs.yaml").read_text()


def test_a_file_that_is_something_else_is_not_overwritten(cloud: Any, run: Any, tmp_path: Path) -> None:
    """Only an organization file gives way."""
    (tmp_path / "org.yaml").write_text("shopping: [milk]\n")
    assert run("org", "pull", "--regions", REGION).exit_code == 2
    assert (tmp_path / "org.yaml").read_text() == "shopping: [milk]\n"


def test_pull_saves_backup_policies(cloud: Any, run: Any, tmp_path: Path) -> None:
    """Each policy's content in a file of its own, and what they are attached to."""
    organizations = cloud.client("organizations", MANAGEMENT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="BACKUP_POLICY")
    content = {"plans": {}}
    made = organizations.create_policy(
        Name="base line", Description="", Type="BACKUP_POLICY", Content=json.dumps(content)
    )
    [workloads] = organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    [prod] = organizations.list_organizational_units_for_parent(ParentId=workloads["Id"])["OrganizationalUnits"]
    for target in (root, prod["Id"], PAYMENTS):
        organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)
    twin = organizations.create_policy(Name="base_line", Description="", Type="BACKUP_POLICY", Content='{"plans":{}}')
    assert run("org", "pull", "--regions", REGION, "--policies", "pulled").exit_code == 0
    assert json.loads((tmp_path / "pulled" / "policies" / "base_line.json").read_text()) == content
    pulled = PolicyAttachments.model_validate_json((tmp_path / "pulled" / "attachments.json").read_text())
    assert twin["Policy"]["PolicySummary"]["Name"] in {one.name for one in pulled.policies}
    assert len({one.document for one in pulled.policies}) == 2
    [targets] = [one.targets for one in pulled.policies if one.name == "base line"]
    assert (targets.root, targets.units, targets.accounts) == (True, ("Workloads/Prod",), (PAYMENTS,))


@pytest.mark.parametrize(
    "name",
    [
        "no",
        "1e3",
        "a: b",
        "# x",
        "é",
        '"',
        "\\",
        "- x",
        "[x]",
        "null",
        "0123",
        " x ",
        "a\u202eb",
        "x #y",
        "@x",
        "🚀",
        "\x7f",
        "\x85",
    ],
)
def test_any_name_survives_the_yaml(name: str) -> None:
    """Names and tags that YAML would take for something else are quoted."""
    account = Account(id=PAYMENTS, name=name, tags={name: name}, regions=("eu-west-1",))
    root = Root(units=(Unit(name=name, accounts=(account,)),))
    tree = Organization(id="o-acme0001", management_account=PAYMENTS, regions=("eu-west-1",), root=root)
    assert Organization.model_validate(yaml.safe_load(write(tree))) == tree
