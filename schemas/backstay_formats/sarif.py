"""Findings as SARIF 2.1.0, for GitHub code scanning and its peers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from backstay_contract.findings import SEVERITIES, Finding, LintSummary, Severity, Span
from backstay_formats.escape import brief, terminal
from backstay_formats.facts import RuleFacts, of
from backstay_formats.fingerprint import fingerprints
from backstay_formats.root import NOWHERE, Root, nearest
from backstay_formats.sarif_text import NAME, described, explained, message

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 25_000
"""Results of a run that GitHub takes (SARIF support for code scanning, read 2026-11); one more, and it refuses all."""
_RELATED = 100
_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "advice": "note"}
_PROBLEMS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "advice": "recommendation"}
_FINGERPRINT = "backstayFinding/v1"
_BASE = "%SRCROOT%"


def render(
    findings: Sequence[Finding],
    summary: LintSummary,
    *,
    rules: Mapping[str, RuleFacts] | None = None,
    version: str = "",
    root: Root | None = None,
) -> str:
    """One run with its rules and results. Paths are told from the root (the repository's), columns in characters,
    which is what `columnKind` says; what was suppressed is no result.
    """
    root = root or nearest()
    moved = root.moved(findings)
    named = _gravest(list(zip(moved, fingerprints(moved), strict=True)))
    known = {**{finding.code: of(finding) for finding in moved}, **(rules or {})}
    places = {code: place for place, code in enumerate(sorted(known))}
    run = {
        "tool": {"driver": _driver([known[code] for code in places], version)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _BASE: {
                "uri": f"{root.folder.as_uri().rstrip('/')}/",
                "description": {"text": "The root of the repository."},
            }
        },
        "results": [_result(finding, places[finding.code], name) for finding, name in named],
        "properties": {"suppressed": summary.suppressed, "files": summary.files, "accounts": summary.accounts},
    }
    if len(named) < len(moved):
        run["invocations"] = [_cut(len(moved), len(named))]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, sort_keys=True) + "\n"


def _gravest(named: list[tuple[Finding, str]]) -> list[tuple[Finding, str]]:
    """As many as a run may have, the gravest, in their order."""
    if len(named) <= MOST:
        return named
    grave = sorted(range(len(named)), key=lambda index: SEVERITIES.index(named[index][0].severity))
    return [named[index] for index in sorted(grave[:MOST])]


def _cut(found: int, told: int) -> dict[str, Any]:
    text = f"Found {found:,} problems; only the gravest {told:,} are told here, since GitHub refuses a run with more."
    notification = {"level": "warning", "message": {"text": text}, "descriptor": {"id": "results-cut"}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [notification]}


def _driver(rules: Sequence[RuleFacts], version: str) -> dict[str, Any]:
    driver: dict[str, Any] = {
        "name": "Backstay",
        "informationUri": "https://pypi.org/project/backstay/",
        "rules": [_rule(facts) for facts in rules],
    }
    return driver | ({"version": version} if version else {})


def _rule(facts: RuleFacts) -> dict[str, Any]:
    why = facts.why or facts.summary
    row: dict[str, Any] = {
        "id": facts.code,
        "name": brief(terminal(facts.name), NAME),
        "shortDescription": described(facts.summary),
        "fullDescription": described(why),
        "help": explained([why, *facts.references]),
        "defaultConfiguration": {"level": _LEVELS[facts.severity]},
        "properties": {
            "family": facts.family,
            "problem.severity": _PROBLEMS[facts.severity],
            "tags": ["aws-backup", facts.family],
        },
    }
    return row | ({"helpUri": facts.uri} if facts.uri else {})


def _result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    helped = [f"help: {finding.help}"] if finding.help else []
    row: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": message([finding.message, *finding.notes, *helped]),
        "locations": [{"physicalLocation": _place(finding.span or NOWHERE)}],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
        "properties": {"accounts": finding.accounts},
    }
    related = [
        {"id": number, "physicalLocation": _place(other.span)}
        | ({"message": message([other.text])} if other.text else {})
        for number, other in enumerate(finding.others[:_RELATED], 1)
    ]
    return row | ({"relatedLocations": related} if related else {})


def _place(span: Span) -> dict[str, Any]:
    return {
        "artifactLocation": _artifact(span.path),
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        },
    }


def _artifact(path: str) -> dict[str, Any]:
    uri = quote(_bytes(path))
    if PurePosixPath(path).is_absolute():
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": _BASE}


def _bytes(path: str) -> bytes:
    """A path as the file system spells it, undecodable bytes included."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")
