"""Seeding: what a file says is there, under its own names, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backstay_local.app import LocalAws
from backstay_local.seed.problem import SeedError

MANAGER, PROD, REGION = "100000000001", "100000000010", "eu-central-1"


def test_an_organization_is_there_as_written(aws: LocalAws, org_file: Path) -> None:
    """Ids, names, tags and units are the file's, the key now belongs to its management account, roles are there."""
    aws.seed(org_file)
    assert aws.management_account == MANAGER
    client = aws.client("organizations")
    assert client.describe_organization()["Organization"]["Id"] == "o-acme0001"
    accounts = {account["Id"]: account["Name"] for account in client.list_accounts()["Accounts"]}
    assert accounts[PROD] == "payments-prod"
    assert len(accounts) == 4
    tags = client.list_tags_for_resource(ResourceId=PROD)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"env": "prod", "team": "payments"}
    unit = client.list_parents(ChildId=PROD)["Parents"][0]["Id"]
    assert client.describe_organizational_unit(OrganizationalUnitId=unit)["OrganizationalUnit"]["Name"] == "Prod"
    above = client.list_parents(ChildId=unit)["Parents"][0]["Id"]
    assert client.describe_organizational_unit(OrganizationalUnitId=above)["OrganizationalUnit"]["Name"] == "Workloads"
    assert client.list_parents(ChildId=MANAGER)["Parents"][0]["Type"] == "ROOT"
    for account in accounts:
        role = aws.client("iam", account).get_role(RoleName="OrganizationAccountAccessRole")["Role"]
        assert MANAGER in json.dumps(role["AssumeRolePolicyDocument"])


def test_resources_have_the_arns_of_the_inventory(acme: LocalAws, inventory_file: Path) -> None:
    """Every type that can be made is found again by AWS Backup's discovery under its ARN, with its tags."""
    report = acme.seed(inventory_file)
    assert report.renamed == report.skipped == {}
    wanted = {json.loads(line)["arn"] for line in inventory_file.read_text(encoding="utf-8").splitlines()}
    found = {resource.arn: dict(resource.tags) for resource in acme.data.resources(PROD, REGION)}
    assert wanted <= set(found)
    assert all(found[arn] == {"env": "prod"} for arn in wanted)
    s3 = acme.client("s3", PROD, REGION)
    assert s3.get_bucket_versioning(Bucket="acme-invoices")["Status"] == "Enabled"
    assert s3.list_objects_v2(Bucket="acme-invoices")["KeyCount"] == 3
    assert len(acme.client("dynamodb", PROD, REGION).scan(TableName="orders")["Items"]) == 12
    size = acme.client("rds", PROD, REGION).describe_db_instances()["DBInstances"][0]["AllocatedStorage"]
    assert size == 20


def test_seeding_again_changes_nothing(aws: LocalAws, org_file: Path, inventory_file: Path) -> None:
    """The second time everything is there already; contents that changed in between stay."""
    aws.seed(org_file, inventory_file)
    aws.client("s3", PROD, REGION).put_object(Bucket="acme-invoices", Key="mine", Body=b"x")
    unit = aws.client("organizations").list_parents(ChildId=PROD)["Parents"]
    report = aws.seed(org_file, inventory_file)
    assert report.created == {}
    assert report.present["S3"] == 1
    assert aws.client("organizations").list_parents(ChildId=PROD)["Parents"] == unit
    assert aws.client("s3", PROD, REGION).list_objects_v2(Bucket="acme-invoices")["KeyCount"] == 4


def test_contents_are_the_same_every_time(org_file: Path, inventory_file: Path) -> None:
    """Two worlds seeded with the same files hold the same bytes and the same unit ids."""
    seen = []
    for _ in range(2):
        with LocalAws() as aws:
            aws.seed(org_file, inventory_file)
            body = aws.client("s3", PROD, REGION).get_object(Bucket="acme-invoices", Key="data/000.bin")["Body"].read()
            seen.append((body, aws.world.organization()))
    assert seen[0] == seen[1]


def test_a_type_that_cannot_be_made_is_told(acme: LocalAws, tmp_path: Path) -> None:
    """What the world cannot hold is skipped with a reason, and the rest is made."""
    arn = f"arn:aws:cloudformation:{REGION}:{PROD}:stack/app/1"
    rows = [
        {"arn": arn, "type": "CloudFormation", "account": PROD, "region": REGION},
        {"arn": "arn:aws:s3:::b-one", "type": "S3", "account": PROD, "region": REGION},
    ]
    file = tmp_path / "i.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    report = acme.seed(file)
    assert report.skipped == {arn: "resources of type CloudFormation cannot be made here"}
    assert report.created == {"S3": 1}


def test_a_set_up_is_put_everywhere(acme: LocalAws, tmp_path: Path) -> None:
    """Roles, keys, topics and buckets are in the accounts and Regions named, with `$account` filled in."""
    file = tmp_path / "setup.yaml"
    file.write_text(
        """
roles:
  - name: backstay-agent
    path: /backstay/
    trust: ["arn:aws:iam::$management:root"]
    policies:
      - arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup
      - Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "backup:*", Resource: "arn:aws:backup:*:$account:*"}]
  - {name: AWSBackupDefaultServiceRole, path: /service-role/, trust: backup.amazonaws.com, accounts: ["100000000010"]}
keys:
  - alias: vault
    accounts: ["100000000010"]
    regions: [eu-central-1, eu-west-1]
    policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "kms:*", Resource: "*"}]}
topics: [{name: alerts, accounts: ["100000000002"], regions: [eu-central-1]}]
buckets: [{name: reports-$account, accounts: ["100000000002"], regions: [eu-central-1]}]
""",
        encoding="utf-8",
    )
    for _ in range(2):
        acme.seed(file)
    for account in ("100000000001", "100000000002", PROD, "100000000011"):
        role = f"arn:aws:iam::{account}:role/backstay/backstay-agent"
        acme.client("sts").assume_role(RoleArn=role, RoleSessionName="visit")
        policy = acme.client("iam", account).get_role_policy(RoleName="backstay-agent", PolicyName="seeded-1")
        assert f"arn:aws:backup:*:{account}:*" in json.dumps(policy["PolicyDocument"])
    assert acme.world.role(f"arn:aws:iam::{PROD}:role/service-role/AWSBackupDefaultServiceRole") is not None
    key = acme.world.key("alias/vault", PROD, "eu-west-1")
    assert key is not None
    assert key.policy["Statement"][0]["Principal"] == {"AWS": "*"}
    assert len(acme.client("sns", "100000000002", REGION).list_topics()["Topics"]) == 1
    assert acme.client("s3", "100000000002").head_bucket(Bucket="reports-100000000002")


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("org.yaml", "root: x: y", "org.yaml:1:8: "),
        ("org.json", '{"root": }', "org.json:1:10: Expecting value"),
        ("org.yaml", "root: {}\nid: x", "org.yaml:management_account: is missing"),
        ("org.yaml", 'root: {}\nid: x\nmanagement_account: "1"', "org.yaml:id: 'x' is no organization id"),
        ("org.yaml", "root: {}\nid: o-abcd\nmanagement_account: 100000000001", "must be text in quotes"),
        (
            "org.yaml",
            'root: {accounts: [{id: "1", name: a}]}\nid: o-abcd\nmanagement_account: "100000000001"',
            "org.yaml:root.accounts[0].id: '1' is not twelve digits",
        ),
        ("org.yaml", 'root: {}\nid: o-abcd\nmanagement_account: "100000000001"', "is nowhere under root"),
        ("i.jsonl", '{"arn": "x"}', "i.jsonl:1: type is missing"),
        ("i.jsonl", '\n{"arn": }', "i.jsonl:2:9: Expecting value"),
        ("i.jsonl", '{"arn": "x", "type": "S3", "account": "1", "region": "r"}', "i.jsonl:1: 'x' is no ARN"),
        ("s.yaml", "roles: [{name: r}]", "s.yaml:roles[0].trust: must be a policy document"),
        ("s.yaml", "keys: [{}]", "s.yaml:keys[0].alias: is missing"),
        ("s.yaml", "keys: []\nlocks: []", "s.yaml:locks: is unknown"),
        ("s.yaml", "hello", "s.yaml: holds no object"),
        ("s.yaml", "a: 1", "s.yaml: is neither"),
    ],
)
def test_a_bad_file_is_one_line_with_a_place(
    aws: LocalAws, tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    """A file that cannot be used is told in one line with its place, and nothing is made."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        aws.seed(file)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
    assert aws.world.organization() is None


def test_another_organization_is_not_planted_over_the_first(acme: LocalAws, org_file: Path, tmp_path: Path) -> None:
    """An account manages one organization."""
    file = tmp_path / "other.yaml"
    file.write_text(org_file.read_text(encoding="utf-8").replace("o-acme0001", "o-other001"), encoding="utf-8")
    with pytest.raises(SeedError, match="manages organization o-acme0001 already"):
        acme.seed(file)


def test_the_partition_follows_from_the_regions(aws: LocalAws, org_file: Path, tmp_path: Path) -> None:
    """An organization of GovCloud Regions stands in its own partition, and its roles are entered there."""
    file = tmp_path / "gov.yaml"
    file.write_text(org_file.read_text(encoding="utf-8").replace(REGION, "us-gov-west-1"), encoding="utf-8")
    aws.seed(file)
    client = aws.client("organizations", region="us-gov-west-1")
    assert client.describe_organization()["Organization"]["Arn"].startswith("arn:aws-us-gov:organizations::")
    role = f"arn:aws-us-gov:iam::{PROD}:role/OrganizationAccountAccessRole"
    sts = aws.client("sts", region="us-gov-west-1")
    assert sts.assume_role(RoleArn=role, RoleSessionName="visit")["AssumedRoleUser"]["Arn"].startswith(
        "arn:aws-us-gov:"
    )
    assert aws.world.organization() is not None
