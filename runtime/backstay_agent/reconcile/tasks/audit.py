"""Audit: which controls hold where, and what is new or repaired since the audit before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from backstay_agent.audit.collect import collect
from backstay_agent.audit.compare import Since, compare
from backstay_agent.audit.evaluate import EVERYTHING, evaluate
from backstay_agent.audit.workers import Threads
from backstay_agent.controls import parameters, registry
from backstay_agent.reconcile.findings import Ending, Result, Sample, Trouble, Unseen, state_of
from backstay_agent.reconcile.tasks.context import Context, counted, unseen
from backstay_contract.findings import AuditFinding, AuditReport, AuditSummary

_SHOWN = 5
_REMEMBERED = ("control", "status", "account", "region", "resource", "resource_type", "framework", "asked_by")


def run(context: Context) -> Result:
    """Put every control to everything in the organization."""
    controls = registry.controls() if context.controls is None else context.controls
    usual = parameters.read([one.name for one in controls], ())
    facts = collect(context.build, context.aws, Threads(context.build, context.aws))
    report = evaluate(facts, controls, {**usual, **context.parameters})
    hidden = tuple(unseen(one) for one in facts.unread)
    partly = tuple(
        Unseen(place.account, place.region, "; ".join(place.unread.values())) for place in facts.places if place.unread
    )
    return tell(report, (*hidden, *partly), {one.name: one.short for one in controls}, context.kept)


def tell(report: AuditReport, hidden: tuple[Unseen, ...], short: Mapping[str, str], kept: Mapping[str, Any]) -> Result:
    """What a report comes to. Pure. `short` are the controls' names for people, `kept` what the audit before left."""
    since = _since(report, kept)
    summary = report.summary
    ending: Ending = "partly" if hidden else "findings" if summary.non_compliant else "clean"
    return Result(
        "audit",
        datetime.fromisoformat(summary.started),
        ending,
        _sentence(summary, since),
        tuple(_troubles(report, short, since)),
        unseen=hidden,
        samples=tuple(_samples(report)),
        keep=remembered(report),
    )


def _troubles(report: AuditReport, short: Mapping[str, str], since: Since | None) -> Iterator[Trouble]:
    """One trouble for each control, account and owner, so that an organization full of findings stays readable."""
    groups: dict[tuple[str, str, str | None], list[AuditFinding]] = {}
    for finding in report.findings:
        if finding.status == "NON_COMPLIANT":
            groups.setdefault((finding.control, finding.account, finding.owner), []).append(finding)
    fresh = Counter((one.control, one.account, one.owner) for one in since.new) if since else Counter()
    for (control, account, owner), group in groups.items():
        lines = [f"{one.resource} in {one.region}: {one.reason}" for one in group[:_SHOWN]]
        if len(group) > _SHOWN:
            lines.append(f"and {len(group) - _SHOWN:,} more")
        new = fresh[control, account, owner]
        told = f", {new} of them new" if new and new < len(group) else ""
        yield Trouble(
            f"audit/{control}/{account}{f'/{owner}' if owner else ''}",
            "warning",
            f"control does not hold: {short.get(control, control)}",
            account,
            None,
            (f"{counted(len(group), 'finding')}{told}", *lines),
            state_of(sorted([one.region, one.resource] for one in group)),
            f"backstay audit BUILD --account {account} --control {control}",
            owner=owner,
        )


def _since(report: AuditReport, kept: Mapping[str, Any]) -> Since | None:
    before = recalled(kept)
    return compare(before, report) if before and before.summary.organization == report.summary.organization else None


def _sentence(summary: AuditSummary, since: Since | None) -> str:
    told = f"{counted(summary.non_compliant, 'finding')} in {counted(summary.accounts, 'account')}"
    if summary.unknown:
        told += f", {summary.unknown:,} not to be judged"
    return f"{told}, since the audit before {len(since.new)} new, {len(since.repaired)} repaired" if since else told


def _samples(report: AuditReport) -> Iterator[Sample]:
    count = Counter((one.control, one.status) for one in report.findings)
    controls = sorted({one.control for one in report.findings})
    for control in controls:
        for status in ("COMPLIANT", "NON_COMPLIANT", "UNKNOWN"):
            yield Sample("backstay_audit_findings", count[control, status], (control, status))
    yield Sample("backstay_audit_resources", report.summary.resources)


def remembered(report: AuditReport) -> dict[str, Any]:
    """As much of a report as the next one is compared with: what did not hold, and what was looked at."""
    told = [one for one in report.findings if one.status != "COMPLIANT"]
    return {
        "organization": report.summary.organization,
        "started": report.summary.started,
        "controls": sorted({one.control for one in report.findings}),
        "accounts": sorted({one.account for one in report.findings}),
        "findings": [[getattr(one, name) for name in _REMEMBERED] for one in told],
    }


def recalled(kept: Mapping[str, Any]) -> AuditReport | None:
    """What `remembered` wrote, as a report; None where there is nothing, or something else."""
    try:
        findings = [
            AuditFinding(**{"reason": "", **dict(zip(_REMEMBERED, row, strict=True))}) for row in kept["findings"]
        ]
        looked = [*_looked(kept["controls"], kept["accounts"])]
        summary = AuditSummary(kept["organization"], 0, 0, 0, 0, 0, 0, kept["started"], kept["started"])
    except (KeyError, TypeError, ValueError):
        return None
    return AuditReport((*findings, *looked), summary)


def _looked(controls: Iterable[str], accounts: Iterable[str]) -> Iterator[AuditFinding]:
    """Findings that say no more than that a control was asked, or an account looked into."""
    for control in controls:
        yield AuditFinding(control, "COMPLIANT", "", "", EVERYTHING, "", "")
    for account in accounts:
        yield AuditFinding("", "COMPLIANT", account, "", EVERYTHING, "", "")
