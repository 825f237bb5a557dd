"""Hands findings to Security Hub: each account's own, in its own Region, since Security Hub takes no others from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backstay_agent.audit.formats import asff
from backstay_agent.audit.identity import key
from backstay_agent.audit.result import Result
from backstay_agent.aws import Aws, AwsProblem
from backstay_contract.findings import AuditFinding


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of it: how many findings Security Hub took, and one sentence for each thing that went wrong."""

    taken: int
    problems: tuple[str, ...]


def submit(result: Result, aws: Aws) -> Submission:
    """Submit what fails, what could not be judged, and what was repaired since the audit before.

    An account or Region in which Security Hub refuses stops no other.
    """
    taken, problems, closed = 0, [], set()
    for batch in asff.batches(asff.findings(replace(result, report=replace(result.report, findings=_news(result))))):
        place = batch[0]["AwsAccountId"], batch[0]["Region"]
        if place in closed:
            continue
        try:
            answer = aws.call(*place, "securityhub", "BatchImportFindings", Findings=batch)
        except AwsProblem as problem:
            closed.add(place)
            problems.append(f"{place[0]} in {place[1]}: Security Hub took no findings: {problem}")
            continue
        taken += int(answer["SuccessCount"])
        problems.extend(
            f"{place[0]} in {place[1]}: {failed['Id']}: {failed['ErrorCode']}: {failed['ErrorMessage']}"
            for failed in answer.get("FailedFindings", [])
        )
    return Submission(taken, tuple(problems))


def _news(result: Result) -> tuple[AuditFinding, ...]:
    repaired = {key(one) for one in result.since.repaired} if result.since else set()
    return tuple(_wanted(result, repaired))


def _wanted(result: Result, repaired: set[tuple[str, ...]]) -> Iterator[AuditFinding]:
    for one in result.report.findings:
        if one.status != "COMPLIANT" or key(one) in repaired:
            yield one
