"""Stacks with data in them: each resource is made, changed in place where AWS does so, and deleted with its stack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backstay_local.app import LocalAws

ACCOUNT, REGION = "123456789012", "eu-central-1"
HASH = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
HASH |= {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
DATABASE = {
    "Engine": "postgres",
    "AllocatedStorage": "20",
    "MasterUsername": "chief",
    "MasterUserPassword": "0123456789",
}
SMALL, LARGE = {"DBInstanceClass": "db.t3.small"}, {"DBInstanceClass": "db.t3.large"}
CASES = {
    "AWS::S3::Bucket": ({"Tags": []}, {"VersioningConfiguration": {"Status": "Enabled"}}),
    "AWS::DynamoDB::Table": (HASH, HASH),
    "AWS::EC2::Volume": (
        {"AvailabilityZone": f"{REGION}a", "Size": "1"},
        {"AvailabilityZone": f"{REGION}a", "Size": "2"},
    ),
    "AWS::EFS::FileSystem": ({"Encrypted": "true"}, {"Encrypted": "true"}),
    "AWS::RDS::DBInstance": (DATABASE | SMALL, DATABASE | LARGE),
}


def _body(kind: str, properties: dict[str, Any], tag: str) -> str:
    tags = "FileSystemTags" if kind == "AWS::EFS::FileSystem" else "Tags"
    own = {"Type": kind, "Properties": properties | {tags: [{"Key": "tag", "Value": tag}]}}
    return json.dumps({"Resources": {"Thing": own}})


def _tags(aws: LocalAws) -> dict[str, str]:
    [found] = [one for one in aws.data.resources(ACCOUNT, REGION) if one.type != "CloudFormation"]
    return {key: value for key, value in found.tags.items() if not key.startswith("aws:")}


@pytest.mark.parametrize("kind", CASES)
def test_a_resource_with_data_lives_with_its_stack(aws: LocalAws, kind: str) -> None:
    """Made with the stack's tags, changed in place, and gone with the stack."""
    client = aws.client("cloudformation", ACCOUNT, REGION)
    before, after = CASES[kind]
    stack = client.create_stack(
        StackName="app", TemplateBody=_body(kind, before, "one"), Tags=[{"Key": "team", "Value": "data"}]
    )["StackId"]

    def known() -> tuple[str, str]:
        [row] = client.list_stack_resources(StackName=stack)["StackResourceSummaries"]
        return row["ResourceStatus"], row["PhysicalResourceId"]

    status, own = known()
    assert status == "CREATE_COMPLETE"
    assert _tags(aws) == {"team": "data", "tag": "one"}
    client.update_stack(StackName="app", TemplateBody=_body(kind, after, "two"))
    assert known() == ("UPDATE_COMPLETE", own)
    assert _tags(aws) == {"team": "data", "tag": "two"}
    client.delete_stack(StackName="app")
    assert [one for one in aws.data.resources(ACCOUNT, REGION) if one.type != "CloudFormation"] == []


def test_a_stack_in_a_stack_is_made_changed_and_deleted_with_it(aws: LocalAws) -> None:
    """Its outputs are its attributes; when it fails, so does the stack that it is in."""
    client, s3 = aws.client("cloudformation", ACCOUNT, REGION), aws.client("s3", ACCOUNT, "us-east-1")
    s3.create_bucket(Bucket="templates")

    def put(name: str, resources: dict[str, Any]) -> str:
        outputs = {"Own": {"Value": {"Ref": "Thing"}}}
        s3.put_object(Bucket="templates", Key=name, Body=json.dumps({"Resources": resources, "Outputs": outputs}))
        return f"https://templates.s3.amazonaws.com/{name}"

    def outer(url: str) -> str:
        inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
        outputs = {"Own": {"Value": {"Fn::GetAtt": ["Inner", "Outputs.Own"]}}}
        return json.dumps({"Resources": {"Inner": inner}, "Outputs": outputs})

    good = put("good", {"Thing": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "acme-one"}}})
    client.create_stack(StackName="app", TemplateBody=outer(good))
    [stack] = client.describe_stacks(StackName="app")["Stacks"]
    assert stack["Outputs"][0]["OutputValue"] == "acme-one"
    other = put("other", {"Thing": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "acme-two"}}})
    client.update_stack(StackName="app", TemplateBody=outer(other))
    [stack] = client.describe_stacks(StackName="app")["Stacks"]
    assert (stack["StackStatus"], stack["Outputs"][0]["OutputValue"]) == ("UPDATE_COMPLETE", "acme-two")
    bad = put("bad", {"Thing": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "templates"}}})
    client.create_stack(StackName="failing", TemplateBody=outer(bad))
    [failed] = client.describe_stacks(StackName="failing")["Stacks"]
    assert (failed["StackStatus"], "Embedded stack" in failed["StackStatusReason"]) == ("ROLLBACK_COMPLETE", True)
    client.delete_stack(StackName="app")
    assert "acme-two" not in [one["Name"] for one in s3.list_buckets()["Buckets"]]
