"""Puts every control to everything that it is about. Pure: the same facts give the same findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from backstay_agent.audit.linked import linked
from backstay_agent.audit.owners import owner
from backstay_agent.audit.questions import UNTAGGED, Question, questions
from backstay_agent.audit.tables.every import unread_accounts
from backstay_agent.controls.control import Control, Subject, Verdict, subjects, unsure
from backstay_agent.controls.facts import Facts, Place
from backstay_agent.controls.parameters import Parameters
from backstay_contract.findings import AuditFinding, AuditReport, AuditSummary, Status

EVERYTHING = "*"
"""Stands for the resource of a finding about a whole account or Region that could not be read."""
ACCOUNT_TYPE = "AWS::::Account"


def evaluate(
    facts: Facts,
    chosen: Sequence[Control[Any]],
    parameters: Mapping[str, Parameters],
) -> AuditReport:
    """All findings, the compliant ones too, by control, account, Region and resource."""
    facts = linked(facts)
    findings = [
        finding
        for control in chosen
        for finding in _findings(facts, control, parameters.get(control.name, Parameters()))
    ]
    resources = sum(len(place.resources) for place in facts.places)
    return report_of(facts, chosen, findings, Counter(finding.status for finding in findings), resources)


def report_of(
    facts: Facts,
    chosen: Sequence[Control[Any]],
    findings: Iterable[AuditFinding],
    count: Mapping[Status, int],
    resources: int,
) -> AuditReport:
    """The report of findings, in order, with the counts of everything that was judged."""
    order = {control.name: position for position, control in enumerate(chosen)}
    summary = AuditSummary(
        organization=facts.organization,
        accounts=len(facts.members),
        resources=resources,
        controls=len(chosen),
        compliant=count.get("COMPLIANT", 0),
        non_compliant=count.get("NON_COMPLIANT", 0),
        unknown=count.get("UNKNOWN", 0),
        started=facts.now.isoformat(),
        ended=facts.ended.isoformat(),
    )
    return AuditReport(tuple(sorted(findings, key=lambda it: (order[it.control], *sort_key(it)))), summary)


def sort_key(finding: AuditFinding) -> tuple[str, ...]:
    """The order of one control's findings."""
    asked = finding.framework or "", finding.asked_by or ""
    return finding.account, finding.region, finding.resource, finding.resource_type, *asked


def _findings(facts: Facts, control: Control[Any], parameters: Parameters) -> Iterator[AuditFinding]:
    for place in facts.places:
        for question in questions(control, parameters, place.asked):
            yield from _in_place(facts, place, question)
    for account, region, reason in unread_accounts(facts):
        yield _whole(Question(control, parameters), account, region, f"not readable: {reason}")


def _in_place(facts: Facts, place: Place, question: Question) -> Iterator[AuditFinding]:
    if question.wrong is not None:
        yield _whole(question, place.account, place.region, question.wrong)
        return
    control = question.control
    missing = sorted(control.needs & place.unread.keys())
    reasons = "; ".join(place.unread[noun] for noun in missing)
    found = subjects(control.kind, place)
    if missing and not found:
        yield _whole(question, place.account, place.region, f"not readable: {reasons}")
    for subject in found:
        meant = question.scope.holds(subject)
        if meant is None:
            yield _finding(question, place, subject, unsure(UNTAGGED), facts.owner_tags)
        elif meant:
            verdict = unsure(reasons) if missing else control.check(subject.row, place, question.parameters, facts.now)
            yield _finding(question, place, subject, verdict, facts.owner_tags)


def _finding(
    question: Question, place: Place, subject: Subject, verdict: Verdict, owner_tags: Sequence[str]
) -> AuditFinding:
    control, fails = question.control, verdict.status == "NON_COMPLIANT"
    command = control.command.replace("{account}", place.account) if control.command and fails else None
    return AuditFinding(
        control.name,
        verdict.status,
        place.account,
        place.region,
        subject.name,
        subject.type,
        verdict.reason,
        control.remedy if fails else None,
        severity=control.severity,
        framework=question.framework,
        asked_by=subject.by,
        owner=owner(subject, place, owner_tags),
        command=command,
    )


def _whole(question: Question, account: str, region: str, reason: str) -> AuditFinding:
    control = question.control
    return AuditFinding(
        control.name,
        "UNKNOWN",
        account,
        region,
        EVERYTHING,
        ACCOUNT_TYPE,
        reason,
        severity=control.severity,
        framework=question.framework,
    )
