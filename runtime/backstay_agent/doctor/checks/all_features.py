"""Whether the organization has all features: without them there are neither backup policies nor trusted access."""

from __future__ import annotations

from collections.abc import Iterator

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, unknown
from backstay_agent.doctor.look import Answer, Look, Refused


def read(look: Look) -> Answer:
    """What Organizations says of the organization."""
    return look.ask(look.caller, look.aws.region, "organizations", "DescribeOrganization")


def judge(answer: Answer) -> Iterator[Line]:
    """All features are on, not only consolidated billing."""
    if isinstance(answer, Refused):
        yield unknown(f"the organization's features are not told: {answer}")
    elif answer["Organization"].get("FeatureSet") == "ALL":
        yield ok(f"organization {answer['Organization']['Id']} has all features")
    else:
        yield problem("the organization has consolidated billing only", "backstay org bootstrap")


CHECK = Check("all-features", "organization", 10, read, judge)
