"""Puts every control to everything that it is about. Pure: the same facts give the same findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from backstay_agent.audit.linked import linked
from backstay_agent.audit.owners import owner, resource_of
from backstay_agent.audit.questions import UNTAGGED, Question, questions
from backstay_agent.audit.tables.every import unread_accounts
from backstay_agent.controls.control import Control, Kind, Subject, Verdict, subjects, unsure
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
    findings: list[AuditFinding] = []
    for place in facts.places:
        here = _Here(place, facts.now, facts.owner_tags)
        for control in chosen:
            for question in questions(control, parameters.get(control.name, Parameters()), place.asked):
                findings += here.answers(question)
    for account, region, reason in unread_accounts(facts):
        for control in chosen:
            question = Question(control, parameters.get(control.name, Parameters()))
            findings.append(_whole(question, account, region, f"not readable: {reason}"))
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


class _Here:
    """A place that questions are put to: what several of them ask about is only worked out once."""

    def __init__(self, place: Place, now: datetime, owner_tags: Sequence[str]) -> None:
        self._place, self._now, self._owner_tags = place, now, owner_tags
        self._subjects: dict[Kind, tuple[Subject, ...]] = {}
        self._owners: dict[str, str | None] = {}

    def answers(self, question: Question) -> Iterator[AuditFinding]:
        """The findings of a question here."""
        place, control = self._place, question.control
        if question.wrong is not None:
            yield _whole(question, place.account, place.region, question.wrong)
            return
        missing = sorted(control.needs & place.unread.keys())
        reasons = "; ".join(place.unread[noun] for noun in missing)
        found = self._about(control.kind)
        if missing and not found:
            yield _whole(question, place.account, place.region, f"not readable: {reasons}")
        for subject in found:
            meant = question.scope.holds(subject)
            if meant is None:
                yield self._finding(question, subject, unsure(UNTAGGED))
            elif meant:
                known = unsure(reasons) if missing else None
                verdict = known or control.check(subject.row, place, question.parameters, self._now)
                yield self._finding(question, subject, verdict)

    def _about(self, kind: Kind) -> tuple[Subject, ...]:
        if kind not in self._subjects:
            self._subjects[kind] = subjects(kind, self._place)
        return self._subjects[kind]

    def _finding(self, question: Question, subject: Subject, verdict: Verdict) -> AuditFinding:
        control, place, fails = question.control, self._place, verdict.status == "NON_COMPLIANT"
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
            owner=self._owner(subject),
            command=command,
        )

    def _owner(self, subject: Subject) -> str | None:
        resource = resource_of(subject)
        if resource is None:
            return owner(subject, self._place, self._owner_tags)
        if resource not in self._owners:
            self._owners[resource] = owner(subject, self._place, self._owner_tags)
        return self._owners[resource]


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
