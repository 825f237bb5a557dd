"""The results of audits, wherever they are kept: the raw one, its page and evidence, and the one of the audit before.

Nothing is decided by what lies there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backstay_agent.audit import history, spelling
from backstay_agent.audit.locations import Location, LocationError
from backstay_contract.findings import AuditFinding, AuditReport, AuditSummary

_RAW = ".json"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the raw result, the page and the evidence are."""

    raw: str
    page: str
    evidence: str


def name_of(report: AuditReport) -> str:
    """What the files of an audit are called: by the time at which it started, so that names sort by time."""
    return f"{datetime.fromisoformat(report.summary.started):%Y-%m-%dT%H%M%SZ}"


def keep(location: Location, report: AuditReport, page: bytes, evidence: bytes) -> Kept:
    """Write the raw result and what belongs to it; gives where they are. Raises LocationError."""
    name = name_of(report)
    raw, html, bundle = f"{name}{_RAW}", f"{name}.html", f"{name}.evidence.zip"
    location.put(bundle, evidence)
    location.put(raw, spelling.pretty(report))
    location.put(html, page)
    history.keep(location, report)
    return Kept(f"{location}/{raw}", f"{location}/{html}", f"{location}/{bundle}")


def before(location: Location, report: AuditReport) -> AuditReport | None:
    """The latest earlier audit of the same organization; one that cannot be read is passed over.

    Raises LocationError where the location itself cannot be read.
    """
    own = f"{name_of(report)}{_RAW}"
    for name in sorted(location.names(), reverse=True):
        if name.endswith(_RAW) and name < own:
            found = _read(location, name)
            if found is not None and found.summary.organization == report.summary.organization:
                return found
    return None


def _read(location: Location, name: str) -> AuditReport | None:
    try:
        document: Mapping[str, Any] = json.loads(location.get(name) or b"")
        findings = tuple(AuditFinding(**item) for item in document["findings"])
        return AuditReport(findings, AuditSummary(**document["summary"]))
    except (LocationError, ValueError, KeyError, TypeError):
        return None
