"""Amazon SNS: the text as the message, with attributes that a subscription can filter by."""

from __future__ import annotations

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.reconcile.deliver import DeliveryError
from backstay_agent.reconcile.message import Message
from backstay_aws import arns

_MOST_BYTES = 250_000
"""A message may have 256 KiB, its attributes included. API Publish; read 2026-11."""
_CUT = "\n… cut here: the message is longer than Amazon SNS takes"


class Sns:
    """A topic, in whichever account: the caller's own credentials publish, so the topic's policy must let them."""

    def __init__(self, aws: Aws, topic: str) -> None:
        self.name = "sns"
        self._aws = aws
        self._topic = topic
        self._region = region_of(topic)

    def send(self, message: Message) -> None:
        """Publish; raises DeliveryError."""
        attributes: dict[str, str] = {"severity": message.severity, "task": message.task}
        if message.owner:
            attributes["owner"] = message.owner
        try:
            self._aws.call(
                self._aws.caller(),
                self._region,
                "sns",
                "Publish",
                TopicArn=self._topic,
                Subject=message.subject,
                Message=fitting(message.text),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                },
            )
        except AwsProblem as problem:
            raise DeliveryError(str(problem)) from problem


def region_of(topic: str) -> str:
    """The Region of a topic's ARN; raises ValueError when it is none."""
    parsed = arns.parse(topic)
    if parsed is None or parsed.service != "sns" or not parsed.region or topic.endswith(":"):
        raise ValueError(f"{topic} is no ARN of a topic of Amazon SNS")
    return parsed.region


def fitting(text: str) -> str:
    """The text, cut where it is longer than SNS takes."""
    encoded = text.encode()
    if len(encoded) <= _MOST_BYTES:
        return text
    return encoded[:_MOST_BYTES].decode(errors="ignore") + _CUT
