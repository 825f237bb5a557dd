"""Findings as SARIF 2.1.0, for GitHub code scanning and its peers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from backstay_contract.findings import Finding, LintSummary, Severity, Span
from backstay_formats.escape import markdown_prose, terminal
from backstay_formats.facts import RuleFacts, of
from backstay_formats.fingerprint import fingerprints

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "advice": "note"}
_FINGERPRINT = "backstayFinding/v1"


def render(
    findings: Sequence[Finding],
    summary: LintSummary,
    *,
    rules: Mapping[str, RuleFacts] | None = None,
    version: str = "",
) -> str:
    """One run with its rules and results. Columns count characters; paths are relative to the source root."""
    known = dict(rules or {})
    for finding in findings:
        known.setdefault(finding.code, of(finding))
    codes = sorted(known)
    driver: dict[str, Any] = {"name": "Backstay", "rules": [_rule(known[code]) for code in codes]}
    if version:
        driver["version"] = version
    names = fingerprints(findings)
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, codes.index(f.code), name) for f, name in zip(findings, names, strict=True)],
        "properties": {"suppressed": summary.suppressed, "files": summary.files, "accounts": summary.accounts},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, sort_keys=True) + "\n"


def _rule(facts: RuleFacts) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": facts.code,
        "name": facts.name,
        "shortDescription": {"text": facts.summary},
        "defaultConfiguration": {"level": _LEVELS[facts.severity]},
        "properties": {"family": facts.family, "tags": ["aws-backup", facts.family]},
    }
    if facts.why:
        text = "\n\n".join([facts.why, *facts.references])
        row["fullDescription"] = {"text": facts.why}
        row["help"] = {"text": text, "markdown": "\n\n".join(map(markdown_prose, [facts.why, *facts.references]))}
    if facts.uri:
        row["helpUri"] = facts.uri
    return row


def _result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    sentences = [finding.message, *finding.notes, *([f"help: {finding.help}"] if finding.help else [])]
    row: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(map(terminal, sentences))},
        "partialFingerprints": {_FINGERPRINT: fingerprint},
        "properties": {"accounts": finding.accounts},
    }
    if finding.span:
        row["locations"] = [{"physicalLocation": _place(finding.span)}]
    related = [{"physicalLocation": _place(o.span), "message": {"text": terminal(o.text)}} for o in finding.others]
    if related:
        row["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(related, 1)]
    return row


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
    uri = quote(path.encode("utf-8", "surrogatepass"))
    if PurePath(path).is_absolute():
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}
