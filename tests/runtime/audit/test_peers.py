"""Other people's readers of our formats: compliance-trestle's models of OSCAL, and Microsoft's validator of SARIF."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from backstay_agent.audit.formats import oscal, sarif
from backstay_agent.audit.result import Result

PEERS = Path(__file__).parents[3] / ".venv-peers"
TRESTLE = PEERS / "oscal" / "bin" / "python"
MULTITOOL = PEERS / "sarif-multitool/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
READ = """
import sys, pathlib
from trestle.oscal.assessment_results import AssessmentResults
found = AssessmentResults.oscal_read(pathlib.Path(sys.argv[1]))
print(len(found.results[0].observations), len(found.results[0].findings))
"""

pytestmark = pytest.mark.long


def read(path: Path) -> subprocess.CompletedProcess[str]:
    """What trestle makes of a document."""
    words = [str(TRESTLE), "-c", READ, str(path)]
    return subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.skipif(not TRESTLE.exists(), reason="compliance-trestle is missing; `make test-long` installs it")
def test_trestle_reads_our_oscal(troubled: Result, result: Result, tmp_path: Path) -> None:
    """Its strict models take every member and find all observations and findings; a wrong one they refuse."""
    for number, one in enumerate((troubled, result)):
        path = tmp_path / f"{number}.json"
        path.write_text(oscal.render(one, version="1.0"))
        document = json.loads(path.read_bytes())
        run = document["assessment-results"]["results"][0]
        done = read(path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == [str(len(run["observations"])), str(len(run["findings"]))]
    document["assessment-results"]["uuid"] = "no uuid"
    path.write_text(json.dumps(document))
    assert read(path).returncode != 0


@pytest.mark.skipif(not MULTITOOL.exists(), reason="Microsoft's validator is missing; `make test-long` installs it")
def test_microsofts_validator_accepts_our_sarif(troubled: Result, tmp_path: Path) -> None:
    """By the standard's rules and by those of GitHub."""
    log, out = tmp_path / "audit.sarif", tmp_path / "said.sarif"
    log.write_text(sarif.render(troubled, version="1.0", folder="policies"))
    subprocess.run(
        [
            MULTITOOL,
            "validate",
            log,
            "-o",
            out,
            "--rule-kind",
            "Sarif;Ghas",
            "--level",
            "Error;Warning",
            "--kind",
            "Fail",
        ],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        check=True,
        timeout=300,
    )
    said = json.loads(out.read_text("utf-8-sig"))["runs"][0]["results"]
    assert [(one["ruleId"], one["message"]) for one in said] == []
