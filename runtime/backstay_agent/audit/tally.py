"""Counts of a report that text and page tell alike: by control, by account, and who could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backstay_agent.controls.control import Control
from backstay_agent.controls.facts import Facts
from backstay_agent.controls.parameters import Parameters
from backstay_agent.observed import Unread
from backstay_contract.findings import AuditFinding, AuditReport, Status

PROTECTED_BY = "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"


@dataclass(frozen=True, slots=True)
class Tally:
    """One control: what it is called with its parameters, and how many of which status, by account too."""

    control: Control[Any]
    title: str
    counts: Mapping[Status, int]
    failing: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """How many things the control was put to."""
        return sum(self.counts.values())

    @property
    def status(self) -> Status:
        """The control as a whole: failed if anything failed, unknown if anything could not be judged."""
        if self.counts.get("NON_COMPLIANT"):
            return "NON_COMPLIANT"
        return "UNKNOWN" if self.counts.get("UNKNOWN") else "COMPLIANT"


def tallies(
    report: AuditReport, chosen: Sequence[Control[Any]], parameters: Mapping[str, Parameters]
) -> tuple[Tally, ...]:
    """A tally for each control, in their order; accounts with the most failures first."""
    by_control: dict[str, list[AuditFinding]] = {}
    for finding in report.findings:
        by_control.setdefault(finding.control, []).append(finding)
    return tuple(
        _tally(control, parameters.get(control.name, Parameters()), by_control.get(control.name, []))
        for control in chosen
    )


def _tally(control: Control[Any], parameters: Parameters, findings: Sequence[AuditFinding]) -> Tally:
    failing = Counter(finding.account for finding in findings if finding.status == "NON_COMPLIANT")
    worst = sorted(failing.items(), key=lambda item: (-item[1], item[0]))
    return Tally(control, control.title(parameters), Counter(finding.status for finding in findings), tuple(worst))


def names(facts: Facts) -> dict[str, str]:
    """The accounts' names by their ids."""
    return {member.id: member.name for member in facts.members}


def blind(facts: Facts) -> tuple[Unread, ...]:
    """The accounts of which nothing could be read, each once."""
    read = {place.account for place in facts.places}
    found: dict[str, Unread] = {}
    for unread in facts.unread:
        if unread.account not in read:
            found.setdefault(unread.account, unread)
    return tuple(found.values())


def remarks(facts: Facts) -> tuple[str, ...]:
    """What else could not be read, as sentences: of accounts that were entered."""
    called = names(facts)
    read = {place.account for place in facts.places}
    general = [_where(unread, called) + unread.error for unread in facts.unread if unread.account in read]
    partial = [
        f"{called.get(place.account, place.account)}, {place.region}: {noun} not readable: {sentence}"
        for place in facts.places
        for noun, sentence in sorted(place.unread.items())
    ]
    return (*general, *partial)


def _where(unread: Unread, called: Mapping[str, str]) -> str:
    """The place of what was not read; what is said of no Region says itself what it is about."""
    return f"{called.get(unread.account, unread.account)}, {unread.region}: not read: " if unread.region else ""


def verdict(report: AuditReport, facts: Facts) -> str:
    """The one sentence that sums an audit up."""
    summary = report.summary
    failing = len({finding.account for finding in report.findings if finding.status == "NON_COMPLIANT"})
    if summary.non_compliant:
        found = _counted(summary.non_compliant, "finding")
        return f"{found} in {failing:,} of {_counted(summary.accounts, 'account')}{_but(facts)}."
    if blind(facts) or remarks(facts):
        return f"Nothing failed in what could be read of {_counted(summary.accounts, 'account')}{_but(facts)}."
    if summary.unknown:
        return f"Nothing failed in {_counted(summary.accounts, 'account')}, {summary.unknown} could not be judged."
    if not summary.compliant:
        return f"There was nothing to judge in {_counted(summary.accounts, 'account')}."
    where = _counted(summary.accounts, "account")
    if summary.controls == 1:
        return f"The control holds in {where}."
    return f"All {summary.controls} controls hold in {where}."


def _but(facts: Facts) -> str:
    unreadable = len(blind(facts))
    return f"; {_counted(unreadable, 'account')} could not be read" if unreadable else ""


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
