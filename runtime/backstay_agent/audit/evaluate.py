"""Puts every control to everything that it is about. Pure: the same facts give the same findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backstay_agent.controls.control import Control, subjects, unsure
from backstay_agent.controls.facts import Facts, Place
from backstay_agent.controls.parameters import Parameters
from backstay_contract.findings import AuditFinding, AuditReport, AuditSummary

EVERYTHING = "*"
"""Stands for the resource of a finding about a whole account or Region that could not be read."""
_ACCOUNT_TYPE = "AWS::::Account"


def evaluate(facts: Facts, chosen: Sequence[Control[Any]], parameters: Mapping[str, Parameters]) -> AuditReport:
    """All findings, the compliant ones too, by control, account, Region and resource."""
    findings = [
        finding
        for control in chosen
        for finding in _findings(facts, control, parameters.get(control.name, Parameters()))
    ]
    order = {control.name: position for position, control in enumerate(chosen)}
    findings.sort(key=lambda it: (order[it.control], it.account, it.region, it.resource, it.resource_type))
    count = Counter(finding.status for finding in findings)
    summary = AuditSummary(
        organization=facts.organization,
        accounts=len(facts.members),
        resources=sum(len(place.resources) for place in facts.places),
        controls=len(chosen),
        compliant=count["COMPLIANT"],
        non_compliant=count["NON_COMPLIANT"],
        unknown=count["UNKNOWN"],
        started=facts.now.isoformat(),
        ended=facts.ended.isoformat(),
    )
    return AuditReport(tuple(findings), summary)


def _findings(facts: Facts, control: Control[Any], parameters: Parameters) -> Iterator[AuditFinding]:
    for place in facts.places:
        yield from _in_place(facts, place, control, parameters)
    for (account, region), error in _unread(facts).items():
        yield _whole(control, account, region, error)


def _unread(facts: Facts) -> dict[tuple[str, str], str]:
    """Why an account in a Region was not read at all; what is said of the Region alone counts first."""
    members = {member.id for member in facts.members}
    read = {(place.account, place.region) for place in facts.places}
    reasons: dict[tuple[str, str], str] = {}
    for unread in sorted(facts.unread, key=lambda it: it.region is not None):
        for region in facts.regions if unread.region is None else (unread.region,):
            if unread.account in members and (unread.account, region) not in read:
                reasons[unread.account, region] = unread.error
    return reasons


def _in_place(facts: Facts, place: Place, control: Control[Any], parameters: Parameters) -> Iterator[AuditFinding]:
    missing = sorted(control.needs & place.unread.keys())
    reasons = "; ".join(place.unread[noun] for noun in missing)
    found = subjects(control.kind, place)
    if missing and not found:
        yield _whole(control, place.account, place.region, reasons)
    for subject in found:
        verdict = unsure(reasons) if missing else control.check(subject.row, place, parameters, facts.now)
        fails = verdict.status == "NON_COMPLIANT"
        yield AuditFinding(
            control.name,
            verdict.status,
            place.account,
            place.region,
            subject.name,
            subject.type,
            verdict.reason,
            control.remedy if fails else None,
        )


def _whole(control: Control[Any], account: str, region: str, reason: str) -> AuditFinding:
    return AuditFinding(control.name, "UNKNOWN", account, region, EVERYTHING, _ACCOUNT_TYPE, f"not readable: {reason}")
