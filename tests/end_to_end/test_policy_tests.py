"""Tests of policies as people have them: of the reference policies, of the starter, and of the documentation's page."""

from __future__ import annotations

import datetime
import re
import shutil
from pathlib import Path

import pytest

from backstay.coverage import measure
from backstay.starter import files
from backstay.testing import load_org

pytest_plugins = "pytester"
ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "policies" / "reference"
PAGE = ROOT / "docs" / "testing-policies.md"
FILE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXT = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORDS = ("-p", "backstay.testing.pytest_plugin", "-p", "no:cacheprovider", "--backstay-now", "2026-11-29")


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    """Loads all that there is: the runs inside forget the modules that they loaded, and some cannot be loaded twice."""
    assert measure
    load_org(REFERENCE / "hospital", now=datetime.date(2026, 11, 29)).prove()


@pytest.mark.parametrize("name", ["startup", "midsize", "hospital", "bank"])
def test_the_reference_policies_keep_their_promises(name: str, pytester: pytest.Pytester) -> None:
    """What the people of each reference organization pinned holds, run as they run it: `pytest` in the folder."""
    shutil.copytree(REFERENCE / name, pytester.path, dirs_exist_ok=True)
    result = pytester.runpytest_inprocess(*WORDS)
    tests = (REFERENCE / name / "tests" / "test_policies.py").read_text("utf-8").count("\ndef test_")
    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes()["passed"] >= tests >= 3


def test_the_starter_passes_and_reaches_everything(pytester: pytest.Pytester) -> None:
    """The three tests of the starter pass, and no rule, condition or unit of it is left untested."""
    for name, body in files():
        (pytester.path / name).parent.mkdir(parents=True, exist_ok=True)
        (pytester.path / name).write_bytes(body)
    result = pytester.runpytest_inprocess(*WORDS, "--backstay-fail-under", "100")
    result.assert_outcomes(passed=3)
    assert result.ret == pytest.ExitCode.OK


@pytest.fixture
def page(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with the files of the documentation's page."""
    for name, text in FILE.findall(PAGE.read_text("utf-8")):
        (pytester.path / name).parent.mkdir(exist_ok=True)
        (pytester.path / name).write_text(text, "utf-8")
    return pytester


def test_every_test_of_the_page_passes(page: pytest.Pytester) -> None:
    """Who copies the page sees nothing but passes, and the table that it shows."""
    result = page.runpytest_inprocess(*WORDS, "--backstay-coverage")
    result.assert_outcomes(passed=9)
    *_, table = TEXT.findall(PAGE.read_text("utf-8"))
    assert table in str(result.stdout)


def test_the_failure_of_the_page_looks_like_that(page: pytest.Pytester) -> None:
    """The failure that the page shows is what pytest prints."""
    shown, *_ = TEXT.findall(PAGE.read_text("utf-8"))
    lines = [line[4:] for line in shown.splitlines() if line.startswith(("    def", "        ", ">   "))]
    test = "\n".join(["from backstay.testing import assert_protected", "", *lines, ""])
    (page.path / "tests" / "test_shop.py").write_text(test, "utf-8")
    result = page.runpytest_inprocess(*WORDS)
    result.assert_outcomes(failed=1)
    assert shown in str(result.stdout)
