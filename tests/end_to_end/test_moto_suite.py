"""moto's own tests of Backup and Organizations against our server: what others expect of an AWS that is not AWS."""

from __future__ import annotations

import os
import subprocess
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from backstay_local.app import LocalAws

ROOT = Path(__file__).parents[2]
MOTO = ROOT / ".venv-peers" / "moto"
DIFFERENCES = tomllib.loads(Path(__file__).with_name("moto_differences.toml").read_text(encoding="utf-8"))
SUITES = ("tests/test_backup", "tests/test_organizations")
LEAST = 140
ABSENT = "This embedded AWS does not have the behaviour of"

pytestmark = pytest.mark.long


def failures(report: Path) -> tuple[int, dict[str, str]]:
    """How many tests passed, and the ids of those that failed with what they said."""
    passed, found = 0, {}
    for case in ElementTree.parse(report).iter("testcase"):
        file = case.attrib["classname"].replace(".", "/") + ".py"
        broken = [child for child in case if child.tag in ("failure", "error")]
        if broken:
            found[f"{file}::{case.attrib['name']}"] = broken[0].text or ""
        passed += not len(case)
    return passed, found


def test_motos_tests_fail_only_where_aws_differs(tmp_path: Path) -> None:
    """All pass but those that the table explains, and those of operations that are not there (501)."""
    assert (MOTO / ".ready").exists(), "moto's tests are missing; `make test-long` installs them"
    report = tmp_path / "report.xml"
    with LocalAws(accept={"FOOBARKEY": "123456789012"}, moto_reset=True) as aws, aws.serve() as url:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "MOTO_"))}
        mode = {"TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": url, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [str(MOTO / "bin" / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITES]
        done = subprocess.run(
            [*command, f"--junit-xml={report}"],
            cwd=MOTO / "suite",
            env={**kept, **mode},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
    assert report.exists(), done.stdout + done.stderr
    passed, failed = failures(report)
    unexplained = {test: said for test, said in failed.items() if test not in DIFFERENCES and ABSENT not in said}
    assert unexplained == {}
    always = {test for test, row in DIFFERENCES.items() if row.get("always", True)}
    assert always <= failed.keys(), "the table explains a test that passes"
    assert passed >= LEAST, done.stdout
