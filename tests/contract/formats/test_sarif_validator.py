"""Microsoft's validator has nothing to say of our SARIF, by the standard's rules and by those of GitHub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from backstay_contract.findings import Finding, LintSummary
from backstay_formats import sarif
from backstay_formats.root import Root

ROOT = Path(__file__).parents[3]
TOOL = ROOT / ".venv-peers/sarif-multitool/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not TOOL.exists(), reason="Microsoft's validator is missing; `make test-long` installs it"),
]


def said(log: Path) -> list[str]:
    """The errors and warnings of the validator about a log."""
    out = log.with_suffix(".said")
    subprocess.run(
        [TOOL, "validate", log, "-o", out, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--kind", "Fail"],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        check=True,
        timeout=300,
    )
    return [result["ruleId"] for result in json.loads(out.read_text("utf-8-sig"))["runs"][0]["results"]]


def test_it_accepts_what_we_write(findings: tuple[Finding, ...], summary: LintSummary, tmp_path: Path) -> None:
    """Findings of every kind, harmful text among them."""
    log = tmp_path / "ours.sarif"
    log.write_text(sarif.render(findings, summary, version="1.0", root=Root(tmp_path, tmp_path)))
    assert said(log) == []


def test_it_accepts_a_run_of_lint(tmp_path: Path) -> None:
    """Everything that the reference policies with mistakes come to, and all rules."""
    log = tmp_path / "broken.sarif"
    words = ["lint", "policies/reference/broken", "--format", "sarif", "-o", str(log), "-q"]
    done = subprocess.run([sys.executable, "-m", "backstay.cli.main", *words], cwd=ROOT, check=False)
    assert done.returncode == 1
    assert len(json.loads(log.read_text())["runs"][0]["results"]) > 100
    assert said(log) == []


def test_it_accepts_a_run_that_was_cut(findings: tuple[Finding, ...], summary: LintSummary, tmp_path: Path) -> None:
    """The notification that more was found is one that a reader knows."""
    many = [replace(findings[0], message=f"message {number}") for number in range(sarif.MOST + 1)]
    log = tmp_path / "cut.sarif"
    whole = json.loads(sarif.render(many, summary, version="1.0", root=Root(tmp_path, tmp_path)))
    whole["runs"][0]["results"] = whole["runs"][0]["results"][:3]
    log.write_text(json.dumps(whole))
    assert said(log) == []


def test_it_is_no_validator_that_accepts_anything(tmp_path: Path) -> None:
    """It refuses a log with a slip in it."""
    log = tmp_path / "wrong.sarif"
    log.write_text('{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"mesage": {}}]}]}')
    assert "JSON1005" in said(log)
