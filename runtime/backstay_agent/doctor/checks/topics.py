"""Whether the topics that the build's vaults notify are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, count, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused

_GONE = {"NotFound", "NotFoundException"}


@dataclass(frozen=True, slots=True)
class Facts:
    """A topic: where it is needed, by what, and what SNS says."""

    account: str
    region: str
    arn: str
    needed_by: str
    topic: Answer


def read(look: Look) -> tuple[Facts, ...]:
    """The attributes of each topic."""
    opened = set(look.opened())
    asked = [
        (place, arn, reason)
        for place, wanted in look.wanted().items()
        if place in opened
        for arn, reason in wanted.topics()
    ]
    found = look.each(asked, lambda one: look.ask(*one[0], "sns", "GetTopicAttributes", TopicArn=one[1]))
    return tuple(Facts(*place, arn, reason, answer) for (place, arn, reason), answer in found)


def judge(topics: tuple[Facts, ...]) -> Iterator[Line]:
    """Each is there."""
    if not topics:
        yield skipped("no vault of the build notifies a topic")
        return
    wrong = [line for facts in topics for line in _topic(facts)]
    yield from wrong
    if len(wrong) < len(topics):
        fine = len(topics) - len(wrong)
        yield ok(f"{count(fine, 'topic')} for notifications {'is' if fine == 1 else 'are'} there")


def _topic(facts: Facts) -> Iterator[Line]:
    if not isinstance(facts.topic, Refused):
        return
    what, place = f"the topic {facts.arn} ({facts.needed_by})", (facts.account, facts.region)
    if facts.topic.code in _GONE:
        name = facts.arn.rpartition(":")[2]
        yield problem(f"{what} is not there", f"aws sns create-topic --name {name} --region {facts.region}", *place)
    else:
        yield unknown(f"{what} cannot be looked at: {facts.topic}", *place)


CHECK = Check("topics", "build", 50, read, judge, of_build=True)
