"""Messages of AWS Backup to whoever listens: rules of EventBridge and topics of SNS, handed over without a request.

A year of a thousand resources is one and a half million events. Through a client each took tens of milliseconds, most
of it for templates and signatures that nobody asked for; straight into moto's queues it takes microseconds.
"""

from __future__ import annotations

import copy
import json
import logging
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache, partial
from typing import Any

import orjson

from .substrate import Substrate, backends

_log = logging.getLogger(__name__)

_HOPS = 5  # buses that send to buses: AWS ends loops, too
_ROOM = 50_000  # a queue with more messages than that loses those that are past its retention
_SOURCE = "aws.backup"
_UNSIGNED = "EXAMPLE"  # what the developer guide of SNS prints in the place of a signature

Event = dict[str, Any]


class Delivery:
    """Hands over events and notifications. What nobody listens to costs a look into a table."""

    def __init__(self, substrate: Substrate) -> None:
        self._substrate = substrate
        self._writes = -1
        self._rules: dict[tuple[str, str, str], list[Any]] = {}
        self._subscriptions: dict[str, list[Any]] = {}
        self._queues: dict[str, Any] = {}

    def listens(self, account: str, region: str) -> bool:
        """Whether anybody could hear an event of an account in a Region."""
        return bool(self._on_bus(account, region))

    def event(
        self,
        account: str,
        region: str,
        detail_type: str,
        detail: Mapping[str, Any],
        resources: Sequence[str],
        at: datetime,
    ) -> None:
        """Put an event of source `aws.backup` on an account's default bus."""
        rules = self._on_bus(account, region)
        if not rules:
            return
        event = {
            "version": "0",
            "id": _fresh_id(),
            "detail-type": detail_type,
            "source": _SOURCE,
            "account": account,
            "time": _second(at),
            "region": region,
            "resources": list(resources),
            "detail": dict(detail),
        }
        with self._substrate.inside():
            self._through(rules, event, at, _HOPS)
            self._substrate.written()

    def message(
        self,
        region: str,
        topic_arn: str,
        subject: str | None,
        text: str,
        attributes: Mapping[str, str],
        at: datetime,
    ) -> None:
        """Publish to a topic; one that is gone swallows the message, as in AWS Backup."""
        self._refresh()
        subscriptions = self._subscriptions.get(topic_arn)
        if subscriptions is None:
            subscriptions = self._subscribed(topic_arn)
        if not subscriptions:
            return
        values = {name: {"Type": "String", "Value": value} for name, value in attributes.items() if value}
        identity = _fresh_id()
        with self._substrate.inside():
            for one in subscriptions:
                matcher = one._filter_policy_matcher
                if matcher is not None and not matcher.matches(values, text):
                    continue
                if one.protocol == "sqs" and not one.attributes.get("RawMessageDelivery"):
                    self._post(one.endpoint, _notice(one, identity, subject, text, values, at, region), at)
                else:
                    _attempt(partial(one.publish, text, identity, subject, values))
            self._substrate.written()

    def _on_bus(self, account: str, region: str) -> list[Any]:
        self._refresh()
        place = account, region, "default"
        rules = self._rules.get(place)
        return self._listening(place) if rules is None else rules

    def _refresh(self) -> None:
        writes = self._substrate.writes
        if writes != self._writes:
            self._writes = writes
            self._rules.clear()
            self._subscriptions.clear()
            self._queues.clear()

    def _listening(self, place: tuple[str, str, str]) -> list[Any]:
        """The rules of a bus that are on."""
        account, region, bus_name = place
        found: list[Any] = []
        with self._substrate.inside():
            if self._substrate.used("events", account, (region,)):
                bus = backends("events")[account][region].event_buses.get(bus_name)
                found = [rule for rule in bus.rules.values() if rule.state != "DISABLED"] if bus is not None else []
        self._rules[place] = found
        return found

    def _subscribed(self, topic_arn: str) -> list[Any]:
        parts = topic_arn.split(":")
        found: list[Any] = []
        with self._substrate.inside():
            if len(parts) == 6 and self._substrate.used("sns", parts[4], (parts[3],)):
                subscriptions = backends("sns")[parts[4]][parts[3]].subscriptions.values()
                found = [one for one in subscriptions if one.topic.arn == topic_arn]
        self._subscriptions[topic_arn] = found
        return found

    def _through(self, rules: list[Any], event: Event, at: datetime, hops: int) -> None:
        """Let every rule that an event matches send it on."""
        flat: Mapping[str, Any] | None = None
        body: str | None = None
        for rule in rules:
            pattern = rule.event_pattern
            if rule.scheduled_expression and not pattern._pattern:
                continue
            if flat is None and _looks_inside(pattern._pattern):
                flat = {**event, **dict(_flat(event["detail"], "detail."))}
            if pattern._pattern and not pattern._does_event_match(flat or event, pattern._pattern):
                continue
            for target in rule.targets:
                if _plain(target):
                    body = body or orjson.dumps(event).decode()
                    self._post(target["Arn"], target.get("Input", body), at)
                elif ":event-bus/" in target["Arn"]:
                    self._forward(target["Arn"], event, at, hops)
                else:
                    _attempt(partial(_by_moto, rule, target, event, at))

    def _forward(self, bus_arn: str, event: Event, at: datetime, hops: int) -> None:
        parts = bus_arn.split(":", 5)
        place = parts[4], parts[3], parts[5].removeprefix("event-bus/")
        if hops:
            self._through(self._rules.get(place) or self._listening(place), event, at, hops - 1)

    def _post(self, queue_arn: str, body: str, at: datetime) -> None:
        """Put a message into a queue; into one that is not there, as in AWS, nothing goes."""
        if queue_arn not in self._queues:
            self._queues[queue_arn] = _queue(queue_arn)
        queue = self._queues[queue_arn]
        if queue is None:
            return
        message = _message()(_fresh_id(), body)
        message.sent_timestamp = int(time.time() * 1000)
        if queue.delay_seconds:
            message.delay(queue.delay_seconds)
        message.backstay_at = at
        queue.add_message(message)
        if len(queue._messages) > _ROOM:
            _expire(queue, at)


@cache
def _message() -> Any:
    from moto.sqs.models import Message

    return Message


def _queue(queue_arn: str) -> Any | None:
    parts = queue_arn.split(":", 5)
    registry = backends("sqs")
    return registry[parts[4]][parts[3]].queues.get(parts[5]) if parts[4] in registry else None


def _fresh_id() -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


@lru_cache(maxsize=64)
def _second(at: datetime) -> str:
    """A time as the envelopes of events have it: many things happen at one instant."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _looks_inside(pattern: Mapping[str, Any]) -> bool:
    """Whether a pattern asks for more than the outermost members of an event."""
    return any(isinstance(wanted, dict) or name == "$or" for name, wanted in pattern.items())


def _flat(node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """The leaves of a detail, by their paths, as moto's patterns look them up."""
    for name, value in node.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _plain(target: Mapping[str, Any]) -> bool:
    """Whether a target is a standard queue that gets events as they are, or a constant."""
    shaped = {"InputTransformer", "InputPath", "SqsParameters"} & target.keys()
    return ":sqs:" in target["Arn"] and not shaped and not target["Arn"].endswith(".fifo")


def _expire(queue: Any, at: datetime) -> None:
    """Take out of a long queue what is past its retention by our clock: moto keeps messages until they are read."""
    oldest = at - timedelta(seconds=int(queue.message_retention_period))
    stay = next(
        (place for place, one in enumerate(queue._messages) if getattr(one, "backstay_at", at) >= oldest),
        len(queue._messages),
    )
    if stay > _ROOM // 10:
        del queue._messages[:stay]


def _notice(
    subscription: Any,
    identity: str,
    subject: str | None,
    text: str,
    values: Mapping[str, Any],
    at: datetime,
    region: str,
) -> str:
    """A notification as a queue gets it. It is not signed: a signature would cost a millisecond each time."""
    host = f"https://sns.{region}.amazonaws.com"
    members = {
        "Type": "Notification",
        "MessageId": identity,
        "TopicArn": subscription.topic.arn,
        "Subject": subject[:100] if subject else None,
        "Message": text,
        "Timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": "1",
        "Signature": _UNSIGNED,
        "SigningCertURL": f"{host}/SimpleNotificationService-{_UNSIGNED}.pem",
        "UnsubscribeURL": f"{host}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
        "MessageAttributes": values,
    }
    return json.dumps({name: value for name, value in members.items() if value is not None})


def _by_moto(rule: Any, target: Mapping[str, Any], event: Event, at: datetime) -> None:
    """Let moto's own code send an event to one target: log groups, archives, FIFO queues, templates."""
    alone = copy.copy(rule)
    alone.targets = [target]
    seconds = at.timestamp()
    alone.send_to_targets({**event, "time": seconds, "ingestion-time": seconds})


def _attempt(send: Callable[[], object]) -> None:
    """Send what may fail for reasons of the listener; AWS would try again, and then give up without a word."""
    try:
        send()
    except Exception as error:
        _log.warning("a message of AWS Backup was not delivered: %s: %s", type(error).__name__, error)
