"""The results of audits, wherever they are kept: the raw one and the page, and the raw one of the audit before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from backstay_agent.audit import store
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


def keep(location: Location, report: AuditReport, page: bytes) -> tuple[str, str]:
    """Write the raw result and the page; gives where they are. Raises LocationError."""
    raw = store.path_of(report, Path())
    files = ((raw.name, pretty(asdict(report))), (raw.with_suffix(".html").name, page))
    for name, body in files:
        location.put(name, body)
    return f"{location}/{files[0][0]}", f"{location}/{files[1][0]}"


def _read(body: bytes) -> AuditReport | None:
    try:
        document: Mapping[str, Any] = json.loads(body)
        findings = tuple(AuditFinding(**item) for item in document["findings"])
        return AuditReport(findings, AuditSummary(**document["summary"]))
    except (ValueError, KeyError, TypeError):
        return None
