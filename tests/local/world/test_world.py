"""What the engine is told about the world: keys, roles, the organization, messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from backstay_local.app import LocalAws
from backstay_local.wire.call import AwsError

HERE = ("123456789012", "eu-central-1")


def test_aws_makes_its_own_keys_when_they_are_wanted(aws: LocalAws) -> None:
    """`alias/aws/backup` is a key of AWS's, the same at every look, other in every account and Region."""
    first = aws.world.key("alias/aws/backup", *HERE)
    assert first is not None
    assert (first.manager, first.state, first.account, first.region) == ("AWS", "Enabled", *HERE)
    assert aws.world.key("alias/aws/backup", *HERE) == first
    assert aws.world.key(first.arn, "999999999999", "us-east-1") == first
    other = aws.world.key("alias/aws/backup", "222222222222", "eu-central-1")
    assert other is not None
    assert other.arn != first.arn


def test_a_customers_key_is_found_by_every_name(aws: LocalAws) -> None:
    """Key ARN, id, alias and alias ARN mean one key; what is not there is None."""
    kms = aws.client("kms", *HERE)
    made = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/vault", TargetKeyId=made["KeyId"])
    alias_arn = f"arn:aws:kms:{HERE[1]}:{HERE[0]}:alias/vault"
    for name in (made["Arn"], made["KeyId"], "alias/vault", alias_arn):
        found = aws.world.key(name, *HERE)
        assert found is not None
        assert (found.arn, found.manager) == (made["Arn"], "CUSTOMER")
    assert aws.world.key("alias/none", *HERE) is None
    assert aws.world.key("arn:aws:kms:eu-west-1:444444444444:key/none", *HERE) is None


def test_a_key_that_is_off_serves_nobody(aws: LocalAws) -> None:
    """A disabled key, one pending deletion, a missing one and a wrong one fail; enabled again it works again."""
    kms = aws.client("kms", *HERE)
    arn, other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    blob = aws.world.encrypt(arn, b"secret")
    assert aws.world.decrypt(arn, blob) == b"secret"
    kms.disable_key(KeyId=arn)
    with pytest.raises(AwsError, match="DisabledException"):
        aws.world.encrypt(arn, b"x")
    with pytest.raises(AwsError, match="DisabledException"):
        aws.world.decrypt(arn, blob)
    kms.enable_key(KeyId=arn)
    assert aws.world.decrypt(arn, blob) == b"secret"
    with pytest.raises(AwsError, match="cannot decrypt"):
        aws.world.decrypt(other, blob)
    kms.schedule_key_deletion(KeyId=arn)
    with pytest.raises(AwsError, match="pending deletion"):
        aws.world.decrypt(arn, blob)
    with pytest.raises(AwsError, match="does not exist"):
        aws.world.encrypt("arn:aws:kms:eu-central-1:123456789012:key/none", b"x")


def test_a_role_comes_with_its_trust_policy(aws: LocalAws) -> None:
    """The trust policy is parsed; a role with another path is another role."""
    document = {"Version": "2012-10-17", "Statement": []}
    iam = aws.client("iam", HERE[0])
    arn = iam.create_role(RoleName="r", Path="/p/", AssumeRolePolicyDocument=json.dumps(document))["Role"]["Arn"]
    assert aws.world.role(arn) == {"Arn": arn, "AssumeRolePolicyDocument": document}
    assert aws.world.role(f"arn:aws:iam::{HERE[0]}:role/r") is None
    assert aws.world.role("arn:aws:iam::999999999999:role/r") is None
    assert aws.world.role("nonsense") is None


def test_the_organization_is_told_with_paths_and_delegates(acme: LocalAws) -> None:
    """Every member has its path from the organization down, as policies name it; delegated accounts are known."""
    found = acme.world.organization()
    assert found is not None
    assert (found.id, found.management_account) == ("o-acme0001", "100000000001")
    assert list(found.members) == ["100000000001", "100000000002", "100000000010", "100000000011"]
    root = found.members["100000000001"]
    assert root.startswith("o-acme0001/r-")
    assert root.count("/") == 2
    assert found.members["100000000010"].startswith(f"{root}ou-")
    assert found.members["100000000010"].count("/") == 4
    assert found.delegated == {"backup.amazonaws.com": frozenset({"100000000002"})}


def test_no_organization_is_none(aws: LocalAws) -> None:
    """Without an organization there is none."""
    assert aws.world.organization() is None


def test_messages_and_events_arrive(aws: LocalAws) -> None:
    """What AWS Backup would send reaches a queue behind a topic, and one behind an EventBridge rule."""
    sqs, sns, events = (aws.client(service, *HERE) for service in ("sqs", "sns", "events"))
    queues = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("topic", "bus")]
    arns = [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"] for url in queues
    ]
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arns[0])
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["aws.backup"]}))
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": arns[1]}])
    now = datetime.now(UTC)
    aws.world.publish(HERE[1], topic, "subject", "a job ended", {"State": "COMPLETED"}, now)
    aws.world.publish(HERE[1], topic + "-gone", None, "lost", {}, now)
    aws.world.put_event(*HERE, "Backup Job State Change", {"state": "COMPLETED"}, ["arn:x"], now)
    (told,) = sqs.receive_message(QueueUrl=queues[0])["Messages"]
    message = json.loads(told["Body"])
    assert (message["Message"], message["MessageAttributes"]["State"]["Value"]) == ("a job ended", "COMPLETED")
    (event,) = sqs.receive_message(QueueUrl=queues[1])["Messages"]
    body = json.loads(event["Body"])
    assert (body["source"], body["detail"], body["resources"]) == ("aws.backup", {"state": "COMPLETED"}, ["arn:x"])


def test_untouched_services_are_known_as_such(aws: LocalAws) -> None:
    """Discovery can skip what an account never used, without making or loading it."""
    assert not aws.world.touched("dynamodb", *HERE)
    aws.client("dynamodb", *HERE).list_tables()
    assert aws.world.touched("dynamodb", *HERE)
    assert not aws.world.touched("dynamodb", HERE[0], "eu-west-1")
    aws.client("s3", *HERE).list_buckets()
    assert aws.world.touched("s3", HERE[0], "ap-south-1")


def test_a_message_that_nobody_hears_is_not_sent(aws: LocalAws) -> None:
    """A topic without subscriptions costs nothing and keeps nothing; the state of the world stays as it was."""
    topic = aws.client("sns", *HERE).create_topic(Name="quiet")["TopicArn"]
    aws.world.substrate.touched = False
    for arn in (topic, topic + "-gone", "no ARN"):
        aws.world.publish(*HERE, arn, "subject", "a job ended", {})
    assert not aws.world.substrate.touched
