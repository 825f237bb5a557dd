"""Whether backup policies are enabled at the root of the organization."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused

_TYPE = "BACKUP_POLICY"


@dataclass(frozen=True, slots=True)
class Facts:
    """The roots with their policy types, and whether a build without backup policies is what matters."""

    roots: Answer
    needless: bool


def read(look: Look) -> Facts:
    """The root with its policy types."""
    answer = look.listing(look.caller, look.aws.region, "organizations", "ListRoots", "Roots")
    return Facts(answer, look.build is not None and not look.attaches)


def judge(facts: Facts) -> Iterator[Line]:
    """The type is enabled, or the build has no backup policies."""
    answer = facts.roots
    if isinstance(answer, Refused):
        yield unknown(f"the policy types of the root are not told: {answer}")
        return
    types = [one for root in answer["Roots"] for one in root.get("PolicyTypes", ())]
    if any(one["Type"] == _TYPE and one["Status"] == "ENABLED" for one in types):
        yield ok("backup policies are enabled")
    elif facts.needless:
        yield skipped("backup policies are not enabled, and the build has none")
    else:
        yield problem("backup policies are not enabled at the organization's root", "backstay org bootstrap")


CHECK = Check("policy-type", "organization", 30, read, judge)
