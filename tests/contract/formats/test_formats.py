"""Each format keeps to what its readers expect."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict
from importlib import import_module, resources
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from backstay_contract.findings import Finding, LintSummary
from backstay_formats import github, gitlab, junit, markdown
from backstay_formats import json as json_format
from backstay_formats.verdict import counted, verdict

FORMATS = ("json", "sarif", "junit", "github", "gitlab", "markdown")


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_hidden_is_written(name: str, findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """No format prints a control, bidirectional or surrogate character of the text that it tells."""
    text = str(import_module(f"backstay_formats.{name}").render(findings, summary))
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert text.encode() == str(import_module(f"backstay_formats.{name}").render(findings, summary)).encode()


def test_json_keeps_to_its_schema(findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """The JSON is what the committed schema describes, with every member there and columns from 1."""
    report = json.loads(json_format.render(findings, summary))
    schema = resources.files("backstay_contract").joinpath("json_schemas", "lint-report.json").read_text("utf-8")
    jsonschema.validate(report, json.loads(schema))
    first = report["findings"][0]
    assert (first["code"], first["line"], first["column"], first["end_column"]) == ("LIF001", 3, 5, 9)
    assert report["findings"][2]["path"] is None
    assert report["summary"] == asdict(summary)


def test_junit(findings: tuple[Finding, ...], summary: LintSummary, evil: str) -> None:
    """Errors and warnings fail, advice passes, counts agree, and harmful text stays text."""
    suite = ET.fromstring(junit.render(findings, summary).encode())[0]
    cases = suite.findall("testcase")
    assert suite.attrib["tests"] == str(len(cases)) == "4"
    assert suite.attrib["failures"] == str(len(suite.findall("testcase/failure"))) == "3"
    assert cases[0].attrib["file"] == "policies/acme.py"
    failure = cases[3].find("failure")
    assert failure is not None
    assert "<script>alert(1)</script>" in failure.attrib["message"]
    assert evil.count("<script>") == 1


def test_junit_without_findings(summary: LintSummary) -> None:
    """A clean run is a suite with one case that passed."""
    suite = ET.fromstring(junit.render([], summary).encode())[0]
    assert (suite.attrib["tests"], suite.attrib["failures"], len(suite)) == ("1", "0", 1)


def test_github_commands(findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """One command a finding on one line, options escaped, columns only on spans of one line, the verdict last."""
    lines = github.render(findings, summary).splitlines()
    assert len(lines) == len(findings) + 1
    assert lines[0].startswith(
        "::error title=cold-storage-too-short,file=policies/acme.py,line=3,endLine=3,col=5,endColumn=8::rule `daily`"
    )
    assert lines[1].startswith("::warning title=kept-forever,file=policies/acme.py,line=5,endLine=7::")
    assert lines[2] == "::notice title=years-of-365-days::no place"
    assert "file=policies/a%2Cb%3A c.py," in lines[3]
    assert "100%25" in lines[3]
    assert not lines[-1].startswith("::")


def test_gitlab_report(findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """Every issue has GitLab's members, a severity of its list, a place, and a fingerprint of its own."""
    issues = json.loads(gitlab.render(findings, summary))
    assert [issue["severity"] for issue in issues] == ["major", "minor", "info", "major"]
    assert all({"description", "check_name", "fingerprint", "severity", "location"} <= issue.keys() for issue in issues)
    assert all(issue["location"]["lines"]["begin"] >= 1 for issue in issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_markdown_comment(findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """The verdict comes first, then groups by severity; nothing from outside is markup or a mention."""
    text = markdown.render(findings, summary)
    assert text.startswith("**Found 2 errors, 1 warning and 1 piece of advice in 14 files")
    assert text.index("### Errors") < text.index("### Warnings") < text.index("### Advice")
    assert "<script" not in text
    assert "](javascript" not in text
    assert not re.search(r"(?<![&\w])@team", text)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((3, 1, 0, 0, 14, 2, 7, 240, 9),
         "Found 3 errors and 1 warning in 14 files (2 policies, 7 plans, 240 accounts in 9 shapes)."),
        ((0, 0, 0, 0, 1, 1, 1, 1, 1), "No problems in 1 file (1 policy, 1 plan, 1 account in 1 shape)."),
        ((0, 1, 0, 0, 1, 1, 1, 0, 0), "Found 1 warning in 1 file (1 policy, 1 plan, 0 accounts in 0 shapes)."),
        ((1, 0, 0, 0, 1, 1, 1, 0, 0), "Found 1 error in 1 file (1 policy, 1 plan)."),
        ((2, 0, 0, 0, 0, 0, 0, 0, 0), "Found 2 errors in 0 files."),
        ((0, 0, 2, 3, 2, 1, 1, 10_000, 40),
         "Found 2 pieces of advice in 2 files (1 policy, 1 plan, 10,000 accounts in 40 shapes). 3 suppressed."),
    ],
)  # fmt: skip
def test_verdict(numbers: tuple[int, ...], sentence: str) -> None:
    """The last line says what was found and in what, in singular and plural."""
    assert verdict(LintSummary(*numbers)) == sentence


def test_counted(findings: tuple[Finding, ...]) -> None:
    """Findings are counted by severity."""
    assert counted(findings) == (2, 1, 1)
