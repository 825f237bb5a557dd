"""Events and notifications reach whoever listens, each in the form that he asked for, at next to no cost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backstay_local.app import LocalAws
from backstay_local.world import delivery

AT = datetime(2027, 3, 1, 5, 0, 0, 250_000, tzinfo=UTC)
REGION = "us-east-1"


@pytest.fixture
def queue(aws: LocalAws) -> Callable[[str], str]:
    """Makes queues; gives their ARNs."""

    def make(name: str) -> str:
        aws.client("sqs").create_queue(
            QueueName=name,
            Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"} if name.endswith(".fifo") else {},
        )
        return f"arn:aws:sqs:{REGION}:{aws.management_account}:{name}"

    return make


def received(aws: LocalAws, arn: str) -> list[Any]:
    """The bodies in a queue, read as JSON."""
    url = f"https://queue.amazonaws.com/{aws.management_account}/{arn.rpartition(':')[2]}"
    found = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(one["Body"]) for one in found]


def emit(aws: LocalAws, account: str | None = None, **detail: Any) -> None:
    """Put one event of a backup job."""
    account = account or aws.management_account
    aws.world.put_event(account, REGION, "Backup Job State Change", detail, ["arn:x"], AT)


def rule(
    aws: LocalAws, name: str, pattern: dict[str, Any], *targets: dict[str, Any], account: str | None = None
) -> None:
    """A rule on the default bus."""
    events = aws.client("events", account)
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": str(number), **target} for number, target in enumerate(targets)])


def test_the_envelope_is_eventbridges(aws: LocalAws, queue: Callable[[str], str]) -> None:
    """Version, id, account, Region, resources, and the time of our clock to the second."""
    arn = queue("q")
    rule(aws, "r", {"source": ["aws.backup"]}, {"Arn": arn})
    emit(aws, state="COMPLETED")
    [event] = received(aws, arn)
    assert event.pop("id")
    assert event == {
        "version": "0",
        "detail-type": "Backup Job State Change",
        "source": "aws.backup",
        "account": aws.management_account,
        "time": "2027-03-01T05:00:00Z",
        "region": REGION,
        "resources": ["arn:x"],
        "detail": {"state": "COMPLETED"},
    }


def test_patterns_choose(aws: LocalAws, queue: Callable[[str], str]) -> None:
    """By the leaves of the detail, by prefixes and by what is not; a rule that is off sends nothing."""
    arns = [queue(name) for name in ("deep", "prefix", "not", "off")]
    rule(aws, "deep", {"detail": {"createdBy": {"backupPlanId": ["p1"]}}}, {"Arn": arns[0]})
    rule(aws, "prefix", {"detail-type": [{"prefix": "Backup"}], "detail": {"state": ["FAILED"]}}, {"Arn": arns[1]})
    rule(aws, "not", {"detail": {"state": [{"anything-but": ["FAILED"]}]}}, {"Arn": arns[2]})
    rule(aws, "off", {"source": ["aws.backup"]}, {"Arn": arns[3]})
    aws.client("events").disable_rule(Name="off")
    emit(aws, state="FAILED", createdBy={"backupPlanId": "p1"})
    emit(aws, state="COMPLETED", createdBy={"backupPlanId": "p2"})
    states = [[event["detail"]["state"] for event in received(aws, arn)] for arn in arns]
    assert states == [["FAILED"], ["FAILED"], ["COMPLETED"], []]


def test_targets_get_what_they_asked_for(aws: LocalAws, queue: Callable[[str], str]) -> None:
    """A constant, a template, a FIFO queue, a log group, an archive; a target that is not there swallows it."""
    constant, template, fifo = queue("constant"), queue("template"), queue("ordered.fifo")
    aws.client("logs").create_log_group(logGroupName="/events/backup")
    logs = f"arn:aws:logs:{REGION}:{aws.management_account}:log-group:/events/backup"
    shape = {"InputPathsMap": {"state": "$.detail.state"}, "InputTemplate": '{"is": "<state>"}'}
    rule(
        aws,
        "r",
        {"source": ["aws.backup"]},
        {"Arn": constant, "Input": '{"hello": 1}'},
        {"Arn": template, "InputTransformer": shape},
        {"Arn": fifo, "SqsParameters": {"MessageGroupId": "g"}},
        {"Arn": logs},
        {"Arn": constant.replace("constant", "missing")},
    )
    rule(aws, "function", {"source": ["aws.backup"]}, {"Arn": f"arn:aws:lambda:{REGION}:1:function:f"})
    bus = f"arn:aws:events:{REGION}:{aws.management_account}:event-bus/default"
    aws.client("events").create_archive(ArchiveName="all", EventSourceArn=bus)
    emit(aws, state="COMPLETED")
    assert received(aws, constant) == [{"hello": 1}]
    assert received(aws, template) == [{"is": "COMPLETED"}]
    assert [one["detail"]["state"] for one in received(aws, fifo)] == ["COMPLETED"]
    [stream] = aws.client("logs").describe_log_streams(logGroupName="/events/backup")["logStreams"]
    logged = aws.client("logs").get_log_events(logGroupName="/events/backup", logStreamName=stream["logStreamName"])[
        "events"
    ]
    assert json.loads(logged[0]["message"])["detail"] == {"state": "COMPLETED"}
    assert aws.client("events").describe_archive(ArchiveName="all")["EventCount"] == 1


def test_buses_of_other_accounts_keep_the_account(aws: LocalAws, queue: Callable[[str], str]) -> None:
    """An event that a member sends to the central bus says whose it is; a circle of buses ends."""
    member, central = "210987654321", f"arn:aws:events:{REGION}:{aws.management_account}:event-bus/default"
    arn = queue("q")
    rule(aws, "up", {"source": ["aws.backup"]}, {"Arn": central}, account=member)
    rule(aws, "here", {"account": [member]}, {"Arn": arn})
    rule(aws, "round", {"account": [member]}, {"Arn": central.replace(aws.management_account, member)})
    emit(aws, member, state="COMPLETED")
    assert {event["account"] for event in received(aws, arn)} == {member}


def test_notifications_pass_filters_and_say_when(aws: LocalAws, queue: Callable[[str], str]) -> None:
    """A filter policy sees the attributes; raw delivery sends the bare text; the time is that of our clock."""
    sns = aws.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    arns = [queue(name) for name in ("all", "failed", "raw")]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arns[0])
    wanted = {"FilterPolicy": json.dumps({"State": ["FAILED"]})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arns[1], Attributes=wanted)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arns[2], Attributes={"RawMessageDelivery": "true"})
    aws.world.publish(REGION, topic, "Subject", '"text"', {"State": "COMPLETED", "Empty": ""}, AT)
    [told] = received(aws, arns[0])
    assert (told["Type"], told["Subject"], told["Message"], told["Timestamp"]) == (
        "Notification",
        "Subject",
        '"text"',
        "2027-03-01T05:00:00.250Z",
    )
    assert told["MessageAttributes"] == {"State": {"Type": "String", "Value": "COMPLETED"}}
    assert received(aws, arns[1]) == []
    assert received(aws, arns[2]) == ["text"]


def test_a_long_queue_loses_what_is_past_its_retention(
    aws: LocalAws, queue: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year of events does not fill the memory: a queue that is long keeps four days; a short one keeps all."""
    monkeypatch.setattr(delivery, "_ROOM", 100)
    arn = queue("q")
    rule(aws, "r", {"source": ["aws.backup"]}, {"Arn": arn})
    for day in range(100):
        aws.world.put_event(aws.management_account, REGION, "d", {"day": day}, [], AT + timedelta(days=day))
    url = aws.client("sqs").get_queue_url(QueueName="q")["QueueUrl"]

    def waiting() -> int:
        name = "ApproximateNumberOfMessages"
        return int(aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])

    assert waiting() == 100
    aws.world.put_event(aws.management_account, REGION, "d", {"day": 100}, [], AT + timedelta(days=100))
    assert waiting() == 5


def test_an_event_costs_microseconds(aws: LocalAws, queue: Callable[[str], str]) -> None:
    """Delivered to a queue, far below a tenth of a millisecond; to nobody, nearly nothing."""
    arn = queue("q")
    rule(aws, "r", {"source": ["aws.backup"]}, {"Arn": arn})
    detail = {f"member{number}": "x" * 30 for number in range(15)}
    emit(aws, **detail)
    began = time.process_time()
    for _ in range(2000):
        emit(aws, **detail)
    heard = (time.process_time() - began) / 2000
    began = time.process_time()
    for _ in range(2000):
        emit(aws, "210987654321", **detail)
    unheard = (time.process_time() - began) / 2000
    assert heard < 0.0005
    assert unheard < 0.00005
