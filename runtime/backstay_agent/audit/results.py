"""The results of audits, wherever they are kept: the raw one and the page, and the raw one of the audit before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from backstay_agent.audit import history, store
from backstay_agent.audit.locations import Local, Location
from backstay_contract.canonical import pretty
from backstay_contract.findings import AuditFinding, AuditReport, AuditSummary


def before(location: Location, report: AuditReport) -> AuditReport | None:
    """The latest earlier audit of the same organization; one that cannot be read is passed over.

    Raises LocationError.
    """
    if isinstance(location, Local):
        return store.before(report, location.folder)
    own = store.path_of(report, Path()).name
    for name in sorted(location.names(), reverse=True):
        if name.endswith(".json") and name < own:
            found = _read(location.get(name) or b"")
            if found is not None and found.summary.organization == report.summary.organization:
                return found
    return None


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the raw result, the page and the evidence are."""

    raw: str
    page: str
    evidence: str


def keep(location: Location, report: AuditReport, page: bytes, evidence: bytes) -> Kept:
    """Write the raw result and what belongs to it; gives where they are. Raises LocationError."""
    raw = store.path_of(report, Path())
    html, bundle = raw.with_suffix(".html").name, raw.with_suffix(".evidence.zip").name
    location.put(bundle, evidence)
    location.put(raw.name, pretty(asdict(report)))
    location.put(html, page)
    history.keep(location, report)
    return Kept(f"{location}/{raw.name}", f"{location}/{html}", f"{location}/{bundle}")


def _read(body: bytes) -> AuditReport | None:
    try:
        document: Mapping[str, Any] = json.loads(body)
        findings = tuple(AuditFinding(**item) for item in document["findings"])
        return AuditReport(findings, AuditSummary(**document["summary"]))
    except (ValueError, KeyError, TypeError):
        return None
