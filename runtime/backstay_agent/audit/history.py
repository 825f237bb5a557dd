"""What the audits before came to, in a line each, so that trends need not read every result again.

Lost lines, or lines that cannot be read, cost a point in a chart and nothing else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay_agent.audit.locations import Location
from backstay_contract.findings import AuditReport

FILE = "history.jsonl"
MOST = 1000
"""Lines that are kept, the newest: two years and more of daily audits."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An audit: counts of findings in all, and by control those that hold, that do not, and that nobody can judge.

    `asked` is how many controls were put; audits that asked otherwise are not compared.
    """

    started: str
    organization: str
    accounts: int
    resources: int
    compliant: int
    non_compliant: int
    unknown: int
    asked: int
    controls: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


def line(report: AuditReport) -> Kept:
    """The line of an audit."""
    count = Counter((one.control, one.status) for one in report.findings)
    names = dict.fromkeys(one.control for one in report.findings)
    it = report.summary
    return Kept(
        it.started,
        it.organization,
        it.accounts,
        it.resources,
        it.compliant,
        it.non_compliant,
        it.unknown,
        it.controls,
        {name: (count[name, "COMPLIANT"], count[name, "NON_COMPLIANT"], count[name, "UNKNOWN"]) for name in names},
    )


def keep(location: Location, report: AuditReport) -> None:
    """Add an audit; one that started at the same time is replaced. Raises LocationError."""
    from dataclasses import asdict

    fresh = line(report)
    others = [one for one in _read(location) if (one.started, one.organization) != (fresh.started, fresh.organization)]
    lines = [json.dumps(asdict(one), sort_keys=True) for one in sorted([*others, fresh], key=lambda it: it.started)]
    location.put(FILE, "\n".join([*lines[-MOST:], ""]).encode())


def before(location: Location, report: AuditReport) -> tuple[Kept, ...]:
    """The audits of the same organization that started earlier, by time. Raises LocationError."""
    it = report.summary
    found = [one for one in _read(location) if one.organization == it.organization and one.started < it.started]
    return tuple(sorted(found, key=lambda one: one.started))


def _read(location: Location) -> list[Kept]:
    text = (location.get(FILE) or b"").decode(errors="replace")
    return [one for raw in text.splitlines() if (one := _line(raw)) is not None]


def _line(raw: str) -> Kept | None:
    try:
        document: dict[str, Any] = json.loads(raw)
        controls = {str(name): (int(a), int(b), int(c)) for name, (a, b, c) in document.pop("controls", {}).items()}
        numbers = {name: int(document[name]) for name in _NUMBERS}
        return Kept(str(document["started"]), str(document["organization"]), controls=controls, **numbers)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


_NUMBERS = ("accounts", "resources", "compliant", "non_compliant", "unknown", "asked")
