"""The top of the page: the verdict, when and where was looked, and four numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.audit import tally
from backstay_agent.audit.report.coverage import backed_up
from backstay_agent.controls.facts import Facts
from backstay_contract.findings import AuditReport

_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True, slots=True)
class Number:
    """One of the numbers: the figure, what it counts, and what to know about it."""

    figure: str
    label: str
    note: str
    tone: str


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top."""

    verdict: str
    tone: str
    organization: str
    when: str
    scope: str
    numbers: tuple[Number, ...]


def view(report: AuditReport, facts: Facts) -> Head:
    """The top of the page."""
    summary = report.summary
    end = f"–{facts.ended:%H:%M}" if f"{facts.ended:%H:%M}" != f"{facts.now:%H:%M}" else ""
    tone = "bad" if summary.non_compliant else "warn" if summary.unknown or facts.unread else "good"
    return Head(
        tally.verdict(report, facts),
        tone,
        facts.organization,
        f"{facts.now:%d %B %Y, %H:%M}{end} UTC".lstrip("0"),
        f"{count(summary.accounts, 'account')} in {', '.join(facts.regions) or 'no Region'}, "
        f"{count(summary.resources, 'resource')}, {count(summary.controls, 'control')}",
        tuple(_numbers(report, facts)),
    )


def _numbers(report: AuditReport, facts: Facts) -> Iterator[Number]:
    total = sum(len(place.resources) for place in facts.places)
    having = sum(backed_up(place, resource) for place in facts.places for resource in place.resources)
    planned = sum(bool(resource.plans) for place in facts.places for resource in place.resources)
    tone = "good" if total and having == total else "warn" if having else "soft"
    yield Number(f"{having:,}", "resources have a recovery point", f"of {total:,}; {planned:,} are in a plan", tone)
    summary = report.summary
    tone = "bad" if summary.non_compliant else "good"
    judged = summary.compliant + summary.non_compliant
    note = f"of {judged:,} checks" + (f"; {summary.unknown:,} could not be judged" if summary.unknown else "")
    yield Number(f"{summary.non_compliant:,}", "findings", note, tone)
    vaults = [vault for place in facts.places for vault in place.vaults]
    locked = [vault for vault in vaults if vault.locked]
    final = sum(vault.fixed_from is not None and vault.fixed_from <= facts.now for vault in locked)
    yield Number(f"{len(locked):,}", "vaults are locked", f"of {len(vaults):,}; {final:,} can never be undone", "soft")
    points = [point for place in facts.places for point in place.points]
    copies = sum(point.copied_from is not None for point in points)
    held = size(sum(point.size for point in points))
    yield Number(
        f"{len(points):,}", "recovery points", f"{held}; {count(copies, 'of them a copy', 'of them copies')}", "soft"
    )


def count(number: int, word: str, plural: str | None = None) -> str:
    """A number with its noun."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def size(number: int) -> str:
    """Bytes, in the unit that people would use."""
    value, unit = float(number), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:,.0f} {_UNITS[unit]}" if unit == 0 or value >= 100 else f"{value:,.1f} {_UNITS[unit]}"
