"""The formats of an audit, and names from outside that try to be something else in them."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace

from backstay_agent.audit import text
from backstay_agent.audit.compare import compare
from backstay_agent.audit.formats import csv as as_csv
from backstay_agent.audit.formats import json as as_json
from backstay_agent.audit.formats import junit as as_junit
from backstay_agent.audit.result import Result
from backstay_contract.findings import AuditReport

NASTY = '=1+1"<script>&\x1b[31m\u202e,\n'


def poisoned(result: Result) -> AuditReport:
    """The report with a nasty text in every place that comes from outside."""
    findings = tuple(replace(it, resource=NASTY, reason=NASTY) for it in result.report.findings)
    return replace(result.report, findings=findings)


def test_text_ends_in_the_verdict(result: Result) -> None:
    """The scope comes first, then what fails with the accounts, and the verdict last, for who watches a terminal."""
    lines = text.render(result).splitlines()
    assert lines[0] == "Organization o-acme0001, 2 accounts, 2 resources, 21 controls, read 2026-11-22 12:00–12:02 UTC"
    assert lines[-1] == "12 findings in 2 of 2 accounts."
    row = next(line for line in lines if "last recovery point within 1 day" in line)
    assert "1 of      2" in row
    assert "payments-prod 1" in row


def test_text_tells_what_changed(result: Result) -> None:
    """With an earlier audit at hand new and repaired findings are told, by control and in all."""
    held = tuple(replace(it, status="COMPLIANT", help=None) for it in result.report.findings)
    since = compare(replace(result.report, findings=held), result.report)
    shown = text.render(replace(result, since=since))
    assert "Since the audit of 2026-11-22 12:00 UTC: 12 new, 0 repaired." in shown
    assert "payments-prod 1   1 new" in shown


def test_text_lets_no_escape_sequence_through(result: Result) -> None:
    """An account's name cannot paint, move or clear the terminal."""
    members = tuple(replace(member, name=NASTY) for member in result.facts.members)
    shown = text.render(replace(result, facts=replace(result.facts, members=members)))
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_csv_cells_are_no_formulas(result: Result) -> None:
    """A spreadsheet reads every cell as text, and the rows are as many as the findings."""
    rows = list(csv.DictReader(io.StringIO(as_csv.render(poisoned(result)), newline="")))
    assert len(rows) == len(result.report.findings)
    assert all(not row["resource"].startswith("=") for row in rows)
    assert "\x1b" not in as_csv.render(poisoned(result))


def test_junit_fails_skips_and_passes(result: Result) -> None:
    """One case a finding: non-compliant fails, unknown is skipped, compliant passes; the counts agree."""
    root = ET.fromstring(as_junit.render(poisoned(result)))
    count = result.report.summary
    assert len(root.findall(".//testcase")) == len(result.report.findings) == int(root.attrib["tests"])
    assert len(root.findall(".//failure")) == count.non_compliant == int(root.attrib["failures"])
    assert len(root.findall(".//skipped")) == count.unknown == int(root.attrib["skipped"])
    empty = ET.fromstring(as_junit.render(replace(result.report, findings=())))
    assert len(empty.findall(".//skipped")) == 1


def test_json_is_stable_and_ascii(result: Result) -> None:
    """The same report gives the same bytes, and no control character reaches a terminal through them."""
    shown = as_json.render(poisoned(result))
    assert shown.isascii()
    assert "\x1b" not in shown
    assert json.loads(shown)["findings"][0]["resource"] == NASTY
    assert shown == as_json.render(poisoned(result))
