"""Keeps the result of every audit in a folder, and finds the one before. Nothing is decided by what lies there."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from backstay_contract.findings import AuditFinding, AuditReport, AuditSummary

FOLDER = Path(".backstay") / "audit"


def path_of(report: AuditReport, folder: Path = FOLDER) -> Path:
    """Where the raw result of an audit lies: named by the time at which it started, so that names sort by time."""
    started = datetime.fromisoformat(report.summary.started)
    return folder / f"{started:%Y-%m-%dT%H%M%SZ}.json"


def keep(report: AuditReport, folder: Path = FOLDER) -> Path:
    """Write the raw result; raises OSError."""
    from dataclasses import asdict

    from backstay_contract.canonical import pretty

    path = path_of(report, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pretty(asdict(report)))
    return path


def before(report: AuditReport, folder: Path = FOLDER) -> AuditReport | None:
    """The latest earlier audit of the same organization; one that cannot be read is passed over."""
    own = path_of(report, folder).name
    for path in sorted(folder.glob("*.json"), reverse=True):
        if path.name < own:
            found = _read(path)
            if found is not None and found.summary.organization == report.summary.organization:
                return found
    return None


def _read(path: Path) -> AuditReport | None:
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
        findings = tuple(AuditFinding(**item) for item in document["findings"])
        return AuditReport(findings, AuditSummary(**document["summary"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
