"""An audit as a person reads it on a terminal: what fails with the accounts where it fails most, then the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from backstay_agent.audit import ages
from backstay_agent.audit.compare import Since
from backstay_agent.audit.result import Result
from backstay_agent.audit.tally import Tally, blind, names, remarks, tallies, verdict
from backstay_agent.controls.facts import Facts
from backstay_contract.findings import AuditReport
from backstay_formats.escape import terminal
from backstay_formats.style import Style

_WORST = 3
_MOST_UNREAD = 8
_SIGNS = {"NON_COMPLIANT": ("✗", "error"), "UNKNOWN": ("?", "warning"), "COMPLIANT": ("✓", "strong")}


def render(result: Result, *, colour: bool = False) -> str:
    """The text, ending in the verdict."""
    report, facts, since, style = result.report, result.facts, result.since, Style(colour)
    counted = tallies(report, result.controls, result.parameters)
    lines = [_scope(report, facts), "", *_table(counted, names(facts), since, style), *_unreadable(facts, style)]
    holding = sum(tally.status == "COMPLIANT" for tally in counted)
    if holding:
        lines.append(f"  {_sign('COMPLIANT', style)}  {holding} control{'' if holding == 1 else 's'}")
    lines += ["", *_told_since(since), verdict(report, facts)]
    return "\n".join(lines) + "\n"


def _scope(report: AuditReport, facts: Facts) -> str:
    summary = report.summary
    start, end = (datetime.fromisoformat(text) for text in (summary.started, summary.ended))
    when = f"{start:%Y-%m-%d %H:%M}" if f"{start:%H:%M}" == f"{end:%H:%M}" else f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"
    parts = (
        f"{summary.accounts:,} account{'' if summary.accounts == 1 else 's'}",
        f"{summary.resources:,} resource{'' if summary.resources == 1 else 's'}",
        f"{summary.controls} control{'' if summary.controls == 1 else 's'}",
    )
    return terminal(f"Organization {facts.organization}, {', '.join(parts)}, read {when} UTC")


def _table(counted: Sequence[Tally], called: Mapping[str, str], since: Since | None, style: Style) -> Iterator[str]:
    rows = [tally for tally in counted if tally.status != "COMPLIANT"]
    width = max((len(tally.title) for tally in rows), default=0)
    for tally in sorted(rows, key=lambda tally: tally.status == "UNKNOWN"):
        bad = tally.counts.get("NON_COMPLIANT", 0) or tally.counts.get("UNKNOWN", 0)
        worst = ", ".join(f"{called.get(account, account)} {number}" for account, number in tally.failing[:_WORST])
        more = f" and {len(tally.failing) - _WORST} more" if len(tally.failing) > _WORST else ""
        told = _change(tally, since) if tally.status == "NON_COMPLIANT" else "could not be judged"
        cells = [f"{bad:>6,} of {tally.total:>6,}", terminal(worst) + more, told]
        yield f"  {_sign(tally.status, style)}  {tally.title:<{width}}  " + "   ".join(filter(None, cells))


def _sign(status: str, style: Style) -> str:
    sign, role = _SIGNS[status]
    return style(role, sign)


def _change(tally: Tally, since: Since | None) -> str:
    if since is None:
        return ""
    new, repaired = since.counts(tally.control.name)
    told = [f"{number} {word}" for number, word in ((new, "new"), (repaired, "repaired")) if number]
    return ", ".join(told)


def _unreadable(facts: Facts, style: Style) -> Iterator[str]:
    called = names(facts)
    closed = [
        f"not readable: {called.get(one.account, one.account)}{f' in {one.region}' if one.region else ''} ({one.error})"
        for one in blind(facts)
    ]
    for sentences in (closed, remarks(facts), ages.sentences(facts, called)):
        for sentence in sentences[:_MOST_UNREAD]:
            yield f"  {_sign('UNKNOWN', style)}  {terminal(sentence)}"
        if len(sentences) > _MOST_UNREAD:
            yield f"     and {len(sentences) - _MOST_UNREAD} more, all in the report"


def _told_since(since: Since | None) -> Iterator[str]:
    if since is not None:
        day = f"{datetime.fromisoformat(since.before):%Y-%m-%d %H:%M} UTC"
        yield f"Since the audit of {day}: {len(since.new)} new, {len(since.repaired)} repaired."
