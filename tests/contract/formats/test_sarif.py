"""SARIF as the standard and GitHub want it. `sarif-2.1.0.json` is OASIS's schema as Microsoft's validator ships it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_contract.findings import Finding, Label, LintSummary, Span
from backstay_formats import sarif
from backstay_formats.facts import RuleFacts
from backstay_formats.root import Root
from backstay_formats.sarif_text import plain

SCHEMA = jsonschema.Draft202012Validator(json.loads(Path(__file__).with_name("sarif-2.1.0.json").read_text("utf-8")))
ROOT = Root(Path("/srv/repo"), Path("/srv/repo"))
FACTS = RuleFacts("LIF001", "cold-storage-too-short", "error", "lifecycle", "too short", "why `x`", ("see <https://a.example/b_c>",),
                  "https://docs.aws.amazon.com/x.html")  # fmt: skip
EMBEDDED_LINK = re.compile(r"\[(?:[^\\\[\]]|\\[\\\[\]])*\]\([^)]*\)")
"""A link in a plain message, as SARIF 2.1.0 (3.11.6) defines it."""


def written(findings: Sequence[Finding], summary: LintSummary, **more: Any) -> dict[str, Any]:
    """The one run of a log that keeps to the schema."""
    log = json.loads(sarif.render(findings, summary, **{"root": ROOT, **more}))
    SCHEMA.validate(log)
    (run,) = log["runs"]
    return dict(run)


def test_it_keeps_to_the_standard(findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """Results have rule, level, place and fingerprint; rules are listed once, each result points at its own."""
    run = written(findings, summary, rules={"LIF001": FACTS}, version="1.0")
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [finding.code for finding in findings]
    assert [rule["id"] for rule in rules] == sorted({finding.code for finding in findings})
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]
    assert run["results"][0]["properties"] == {"accounts": 212}


def test_rules_say_what_code_scanning_shows(findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """A rule has short, full and long words, a page, a level; those found before any rule ran have words too."""
    rules = written(findings, summary, rules={"LIF001": FACTS})["tool"]["driver"]["rules"]
    rule = next(rule for rule in rules if rule["id"] == "LIF001")
    assert rule["shortDescription"] == {"text": "too short."}
    assert rule["fullDescription"] == {"text": "why `x`."}
    assert rule["help"]["markdown"] == "why `x`\n\nsee <https://a.example/b_c>"
    assert rule["helpUri"] == FACTS.uri
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert all(rule["help"]["text"] and rule["fullDescription"]["text"] for rule in rules)


def test_descriptions_are_as_long_as_github_takes(summary: LintSummary) -> None:
    """Names have at most 255 characters and descriptions 1,024."""
    facts = RuleFacts("X", "n" * 300, "error", "x", "s" * 2000, "w" * 2000)
    (rule,) = written([], summary, rules={"X": facts})["tool"]["driver"]["rules"]
    assert [len(rule["name"]), len(rule["shortDescription"]["text"]), len(rule["fullDescription"]["text"])] == [
        255, 1024, 1024
    ]  # fmt: skip


def test_places_are_told_from_the_root(findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """Run in a folder of the repository, a path is told from its root, encoded, and the root by what it stands for."""
    run = written(findings, summary, root=Root(Path("/srv/my repo"), Path("/srv/my repo/teams/a")))
    place = run["results"][3]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {
        "uri": "teams/a/policies/a%2Cb%3A%20c.py",
        "uriBaseId": "%SRCROOT%",
    }
    assert run["originalUriBaseIds"]["%SRCROOT%"]["uri"] == "file:///srv/my%20repo/"
    assert run["columnKind"] == "unicodeCodePoints"
    assert place["region"] == {"startLine": 9, "startColumn": 1, "endLine": 9, "endColumn": 3}
    (related,) = run["results"][0]["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "teams/a/policies/vaults.py"
    assert related["message"] == {"text": "at most 400 days"}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("../b.py", "teams/b.py"),
        ("../../../elsewhere/a b.py", "file:///srv/elsewhere/a%20b.py"),
        ("/etc/x.py", "file:///etc/x.py"),
        ("/srv/repo/y.py", "y.py"),
        ("naïve/🚀#1?.tf", "teams/a/na%C3%AFve/%F0%9F%9A%80%231%3F.tf"),
        ("latin-\udce9.py", "teams/a/latin-%E9.py"),
        ("half-\ud800.py", "teams/a/half-%ED%A0%80.py"),
        ("\x1b[31m\n%41.py", "teams/a/%1B%5B31m%0A%2541.py"),
    ],
)
def test_paths_are_uris(path: str, uri: str, summary: LintSummary) -> None:
    """Whatever a file is called, its URI names that file: from the root if it is below it, else for itself."""
    finding = Finding("X001", "x", "error", "m", Span(path, 1, 1, 1, 2))
    run = written([finding], summary, root=Root(Path("/srv/repo"), Path("/srv/repo/teams/a")))
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_what_has_no_place_is_told_at_the_organization_file(
    findings: tuple[Finding, ...], summary: LintSummary
) -> None:
    """GitHub shows no result without a location."""
    place = written(findings, summary)["results"][2]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "org.yaml"


def test_fingerprints_outlive_moved_lines(findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """A finding keeps its fingerprint when lines move, wherever lint runs; two equal findings have different ones."""
    first = findings[0]
    moved = Finding(first.code, first.name, "error", first.message, Span("policies/acme.py", 90, 1, 90, 2))
    below = Finding(first.code, first.name, "error", first.message, Span("acme.py", 90, 1, 90, 2))

    def prints(*some: Finding, here: str = "/srv/repo") -> list[str]:
        results = written(some, summary, root=Root(Path("/srv/repo"), Path(here)))["results"]
        return [result["partialFingerprints"]["backstayFinding/v1"] for result in results]

    assert prints(first) == prints(moved) == prints(below, here="/srv/repo/policies")
    assert len(set(prints(first, moved))) == 2


def test_github_is_given_no_more_than_it_takes(summary: LintSummary) -> None:
    """Of more than 25,000 findings the gravest are told, in their order, and a notification says how many there are."""
    warnings = [Finding("W001", "w", "warning", f"warning {n}", Span("a.py", n, 1, n, 2)) for n in range(1, 25_001)]
    errors = [Finding("E001", "e", "error", f"error {n}", Span("b.py", n, 1, n, 2)) for n in range(1, 11)]
    log = json.loads(sarif.render([*warnings, *errors], summary, root=ROOT))
    (run,) = log["runs"]
    assert len(run["results"]) == 25_000
    assert [result["ruleId"] for result in run["results"]] == ["W001"] * 24_990 + ["E001"] * 10
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "25,010" in notification["message"]["text"]
    assert "25,000" in notification["message"]["text"]
    SCHEMA.validate({**log, "runs": [{**run, "results": run["results"][-5:]}]})


def test_many_accounts_are_one_result(findings: tuple[Finding, ...], summary: LintSummary) -> None:
    """A finding that many accounts share is one result, which says how many they are."""
    shared = Finding(
        "X001", "x", "error", "m", Span("a.py", 1, 1, 1, 2), notes=("212 accounts get this",), accounts=212
    )
    (result,) = written([shared], summary)["results"]
    assert result["message"]["text"] == "m\n212 accounts get this"
    assert result["properties"] == {"accounts": 212}


@given(st.text(st.sampled_from("[]()\\a1{}")))
def test_text_is_neither_link_nor_placeholder(text: str) -> None:
    """Nothing of a message is a link or a placeholder to a reader who keeps to the standard."""
    assert not EMBEDDED_LINK.search(plain(text))
    assert not re.search(r"(?<!\{)\{[0-9]+\}(?!\})", plain(text))


def test_ordinary_brackets_and_braces_stay() -> None:
    """Text that could not be misread is told as it is."""
    assert plain("`${AWS::Region}` in [a] and (b), {x}") == "`${AWS::Region}` in [a] and (b), {x}"


def test_a_label_without_words_has_no_message(summary: LintSummary) -> None:
    """A second place that says nothing is a place all the same: an empty message would be against the standard."""
    finding = Finding(
        "X001", "x", "error", "m", Span("a.py", 1, 1, 1, 2), others=(Label(Span("b.py", 1, 1, 1, 2), ""),)
    )
    (result,) = written([finding], summary)["results"]
    assert "message" not in result["relatedLocations"][0]
