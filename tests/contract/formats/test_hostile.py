"""Text from outside in the formats that other programs read: each is parsed as its reader would parse it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import junitparser
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstay_contract.findings import Finding, Label, LintSummary, Span
from backstay_formats import github, gitlab, junit, markdown, sarif
from backstay_formats import json as json_format
from backstay_formats.root import Root

ROOT = Root(Path("/srv/repo"), Path("/srv/repo"))
NUMBERS = LintSummary(1, 0, 0, 0, 1, 1, 1, 1, 1)
NASTY = [
    "line\nbreak\r\nand\u2028more",
    "::error file=a::x",
    "##[error]x",
    "a|b",
    "`tick` ``two`` `",
    "<script>alert(1)</script><img src=x onerror=y>",
    "\x1b[31mred\x1b[0m\x9b31m\x07",
    "nul\x00 and \ufffe\uffff",
    "🚀 𝒳 e\u0301",
    "\ud800 half, \udcff byte",
    "@team #1 !2 $3 ~bug %5 &6 GH-1 www.a.example https://a.example javascript:x",
    "]]> <!-- --> &amp; &#10; ' \"",
    "{0} [x](1) [y](javascript:z)",
    "/close\n/label ~x",
    "- a\n# b\n> c\n1. d",
    "x" * 100_000,
    "",
]
TEXT = st.one_of(st.text(st.characters(codec=None)), st.sampled_from(NASTY))
NAMES = ("json", "sarif", "junit", "github", "gitlab", "markdown")


def finding(text: str, path: str = "a.py") -> Finding:
    """A finding that says one text wherever it says anything."""
    span = Span(path, 1, 1, 1, 2)
    return Finding("X001", "some-name", "error", text, span, text, (Label(span, text),), (text,), text, 3)


def rendered(name: str, *findings: Finding) -> str:
    """The findings in a format, as from a repository's root."""
    more = {} if name in ("json", "markdown") else {"root": ROOT}
    return str(import_module(f"backstay_formats.{name}").render(findings, NUMBERS, **more))


def commands(output: str) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands that GitHub's runner reads in an output, as it reads them (`ActionCommand.TryParseV2`)."""
    found = []
    for line in re.split("\r\n|\r|\n", output):
        text = line.lstrip()
        end = text.find("::", 2)
        if not text.startswith("::") or end < 0:
            assert "##[" not in text, "commands of the old form act anywhere in a line"
            continue
        name, _, rest = text[2:end].partition(" ")
        pairs = dict(pair.split("=", 1) for pair in rest.strip().split(",") if "=" in pair)
        found.append((name, {key: unescaped(value) for key, value in pairs.items()}, unescaped(text[end + 2 :])))
    return found


def unescaped(text: str) -> str:
    """Text of a workflow command as the runner takes it."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("name", NAMES)
def test_every_format_can_be_read(name: str, text: str) -> None:
    """Output is UTF-8 without hidden characters, and a strict parser of its format takes it, in names of files too."""
    output = rendered(name, finding(text, f"dir/{text or 'x'}.py"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff\ufffe\uffff]", output)
    if name in ("json", "sarif", "gitlab"):
        orjson.loads(output)


@given(TEXT, TEXT)
@settings(max_examples=200)
def test_github_reads_one_command(text: str, path: str) -> None:
    """The runner sees one command, with the file, the place and the words that were meant."""
    ((name, options, said),) = commands(rendered("github", finding(text, f"d/{path}.py")))
    assert name == "error"
    assert options.keys() == {"title", "file", "line", "endLine", "col", "endColumn"}
    assert options["title"] == "some-name"
    assert options["file"].startswith("d/") or path.startswith("../") or ".." in path
    assert said.isprintable() or "\n" in said


def test_github_messages_fit_the_runner() -> None:
    """A message is no longer than what the runner sends on; names of files are not cut."""
    ((_, options, said),) = commands(rendered("github", finding("x" * 100_000, "d/" + "y" * 5_000)))
    assert len(said) == 4_000
    assert options["file"] == "d/" + "y" * 5_000


@given(TEXT, TEXT)
@settings(max_examples=200)
def test_junit_is_read_as_it_was_meant(text: str, path: str) -> None:
    """A reader finds one failed case with one failure, and the words in it."""
    suites = junitparser.JUnitXml.fromstring(rendered("junit", finding(text, f"d/{path}.py")).encode())
    ((case,),) = [list(suite) for suite in suites]
    (failure,) = case.result
    assert (suites.tests, suites.failures, suites.errors) == (1, 1, 0)
    assert failure.type == "error"
    assert failure.text.startswith("error[some-name]: ")


def test_junit_names_no_two_cases_alike() -> None:
    """Readers that keep cases by name keep all of them."""
    text = rendered("junit", *(replace(finding("m"), message=f"m {n}") for n in range(3)))
    (suite,) = junitparser.JUnitXml.fromstring(text.encode())
    assert len({(case.classname, case.name) for case in suite}) == 3


@given(st.lists(TEXT, max_size=4))
def test_gitlab_takes_every_issue(texts: list[str]) -> None:
    """Each issue has what GitLab's parser demands, and a fingerprint of its own: of two alike it would drop one."""
    issues = json.loads(rendered("gitlab", *map(finding, texts)))
    for issue in issues:
        place: dict[str, Any] = issue["location"]
        assert all(type(issue[key]) is str for key in ("description", "fingerprint", "check_name"))
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert type(place["path"]) is str
        assert all(type(place["lines"][end]) is int for end in ("begin", "end"))
        assert issue["description"].endswith(" (3 accounts)")
    assert len({issue["fingerprint"] for issue in issues}) == len(texts)


def test_gitlab_is_told_paths_from_the_root() -> None:
    """In a folder of the repository, paths are told from its root all the same; GitHub's and JUnit's too."""
    root = Root(Path("/srv/repo"), Path("/srv/repo/team"))
    (issue,) = json.loads(gitlab.render([finding("m")], NUMBERS, root=root))
    assert issue["location"]["path"] == "team/a.py"
    assert commands(github.render([finding("m")], NUMBERS, root=root))[0][1]["file"] == "team/a.py"
    assert 'file="team/a.py"' in junit.render([finding("m")], NUMBERS, root=root)


@given(TEXT)
@settings(max_examples=200)
def test_sarif_says_it_plainly(text: str) -> None:
    """The message is there, without a control character, and not longer than a viewer shows."""
    log = json.loads(sarif.render([finding(text)], NUMBERS, root=ROOT))
    said = log["runs"][0]["results"][0]["message"]["text"]
    assert len(said) <= 4_000
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", said)


@given(TEXT)
@settings(max_examples=200)
def test_json_keeps_the_words(text: str) -> None:
    """The stable JSON says what was said, but for halves of characters, which no JSON may hold."""
    row = json.loads(json_format.render([finding(text)], NUMBERS))["findings"][0]
    assert (
        re.sub("[\ud800-\udfff]", "", text) == re.sub(r"\\u[d][89a-f][0-9a-f]{2}", "", row["message"]) or "\\u" in text
    )


@given(TEXT)
@settings(max_examples=200)
def test_markdown_shows_and_does_nothing(text: str) -> None:
    """Outside code there is no sign that refers to anybody or anything, and every line is one of ours."""
    output = rendered("markdown", finding(text))
    for line in output.splitlines():
        assert re.match(r"\*\*Found|$|### Errors|- \*\*some&#45;name|- \*\*some-name|  - |… and ", line), line
    bare = re.sub(r"<code>[^<>]*</code>", "", output)
    assert not re.search(r"<|>", bare)
    shown = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), bare.split("\n- ", 1)[-1])
    assert not re.search(r"[@#!$~%&](?=\w)", shown)
    assert "://" not in shown


def test_a_comment_holds_no_more_than_github_takes() -> None:
    """Of many findings as many are told as fit, the gravest first, and the others are counted."""
    many = [replace(finding(f"m {n}"), severity="warning" if n % 2 else "error") for n in range(5_000)]
    text = markdown.render(many, NUMBERS)
    told = text.count("- **some-name**")
    assert len(text) < 65_536
    assert 100 < told < 5_000
    assert f"… and {5_000 - told:,} more" in text
    assert "### Errors" in text
