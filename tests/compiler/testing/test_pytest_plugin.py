"""The pytest plugin: where it finds policies, what it says of broken ones, coverage alone and with pytest-xdist."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.compiler.testing.conftest import NOW, ORG, REFERENCE

from backstay.coverage import measure
from backstay.testing import load_org

pytest_plugins = "pytester"
PLUGIN = ("-p", "backstay.testing.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:randomly", "--backstay-now")
DAY = NOW.isoformat()
POLICY = """\
from backstay import Plan, Policy, Rule, Select, Vault, daily, days, ou, tag
v = Vault("v", key="alias/k")
p = Plan("p", rules=[Rule("r", at=daily("03:00"), into=v, keep=days(7))], select=[Select("s", where=tag("a") == "b")])
q = Plan("q", rules=[Rule("r", at=daily("04:00"), into=v, keep=days(9))], select=[Select("s", where=tag("c") == "d")])
x = Policy("x", attach=ou("Prod"), plans=[p, q], vaults=[v])
"""
TEST = """
from backstay.testing import assert_protected, assert_unprotected
def test_one(resource): assert_protected(resource("EBS", "shop", tags={"a": "b"}), by="p")
def test_two(resource): assert_unprotected(resource("EBS", "shop"))
"""


@pytest.fixture(autouse=True, scope="module")
def _loaded() -> None:
    """Loads all that there is: the runs inside forget the modules that they loaded, and some cannot be loaded twice."""
    assert measure
    load_org(REFERENCE / "bank", now=NOW).prove()


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with policies and two tests of them."""
    (pytester.path / "org.yaml").write_text(ORG)
    (pytester.mkdir("policies") / "all.py").write_text(POLICY)
    (pytester.mkdir("tests") / "test_policies.py").write_text(TEST)
    return pytester


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    """pytest with the plugin."""
    return pytester.runpytest_inprocess(*PLUGIN, DAY, *words)


@pytest.mark.parametrize("words", [(), ("tests",), ("tests/test_policies.py::test_one", "tests/test_policies.py")])
def test_policies_are_found_where_people_keep_them(words: tuple[str, ...], project: pytest.Pytester) -> None:
    """`policies` beside the tests, however pytest is called."""
    run(project, *words).assert_outcomes(passed=2)


def test_they_can_be_elsewhere(project: pytest.Pytester) -> None:
    """The ini file names them from its own folder, the command line from where it is typed."""
    (project.path / "policies").rename(project.mkdir("deep") / "mine")
    (project.path / "org.yaml").rename(project.path / "deep" / "company.yaml")
    words = ("--backstay-policies", "deep/mine", "--backstay-org", "deep/company.yaml")
    run(project, *words).assert_outcomes(passed=2)
    project.makeini("[pytest]\nbackstay_policies = deep/mine\nbackstay_org = deep/company.yaml\n")
    run(project, "tests").assert_outcomes(passed=2)


def test_broken_policies(project: pytest.Pytester) -> None:
    """What is wrong is drawn once for each test that asked, without a traceback; nothing hangs or passes."""
    (project.path / "policies" / "all.py").write_text(POLICY.replace("keep=days(7)", "keep=7"))
    result = run(project, "--backstay-coverage")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["the policies do not compile", "error[[]*", "*policies/all.py:3:*"])
    result.stdout.fnmatch_lines(["nothing can be measured: the policies do not compile"])
    result.stdout.no_fnmatch_line("*During handling*")


def test_no_organization_and_no_day(project: pytest.Pytester) -> None:
    """Without an organization file there is nothing to ask about; a day that is none is bad usage."""
    (project.path / "org.yaml").unlink()
    run(project).stdout.fnmatch_lines(["*there is no org.yaml or org.json beside the policies*"])
    told = run(project, "--backstay-now", "tomorrow")
    told.stdout.fnmatch_lines(["*`tomorrow` is no day; write it like 2026-11-22*"])


def test_fixtures_of_ones_own_come_first(project: pytest.Pytester) -> None:
    """A project that has an `org` or a `resource` keeps it, and reaches ours by `backstay_org`."""
    project.makeconftest(
        """
        import pytest

        @pytest.fixture
        def org(): return "mine"

        @pytest.fixture
        def resource(): return 1
        """
    )
    (project.path / "tests" / "test_policies.py").write_text(
        "def test_x(org, resource, backstay_org): assert (org, resource) == ('mine', 1) and backstay_org.shapes"
    )
    run(project).assert_outcomes(passed=1)


def test_coverage_is_a_table_and_a_file(project: pytest.Pytester) -> None:
    """What no test reached is told by file and line; below the percentage asked for the run fails."""
    result = run(project, "--backstay-coverage=found.json", "--backstay-fail-under", "90")
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "Name             Items  Missed  Cover  Lines",
            "org.yaml             2       0   100%",
            "policies/all.py      6       2    66%  4",
            "TOTAL                8       2    75%",
            "policies/all.py",
            "  4:22    rule r of plan q: backs nothing up",
            "  4:101   selection s of plan q: takes nothing",
            "1 of 2 accounts that get a plan were looked at.",
            "75% is less than the 90% asked for.",
        ]
    )
    found = json.loads((project.path / "found.json").read_text())
    assert found["total"] == {"items": 8, "reached": 6, "percent": 75.0}
    assert run(project, "--backstay-fail-under", "75").ret == pytest.ExitCode.OK


def test_a_test_file_is_not_written_over(project: pytest.Pytester) -> None:
    """What stands behind the option is its file, if it can be one; a test file is refused, and stays as it is."""
    result = run(project, "--backstay-coverage", "tests/test_policies.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*`tests/test_policies.py` is no name of a JSON file*"])
    assert (project.path / "tests" / "test_policies.py").read_text() == TEST


def test_the_plugin_costs_a_stranger_nothing() -> None:
    """pytest loads it in every project: neither the language nor the tables nor pydantic come with it."""
    code = "import sys, backstay.testing.pytest_plugin; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"backstay.dsl", "backstay.lint", "backstay_aws", "backstay_contract", "pydantic", "yaml"} & set(loaded)


def test_an_inventory_counts_too(project: pytest.Pytester) -> None:
    """Resources of an inventory are looked at as those of tests are; one that cannot be read fails the run."""
    row = {"arn": "arn:aws:ec2:eu-central-1:100000000010:volume/v", "type": "EBS", "account": "100000000010"}
    (project.path / "all.jsonl").write_text(json.dumps({**row, "region": "eu-central-1", "tags": {"c": "d"}}))
    result = run(project, "--backstay-fail-under", "100", "--backstay-inventory", "all.jsonl")
    assert result.ret == pytest.ExitCode.OK
    assert run(project, "--backstay-fail-under", "100", "--backstay-inventory", "no.jsonl").ret == 1


def test_with_workers_the_parts_become_a_whole(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest-xdist: what each worker reached counts, and the table is drawn once."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = run(project, "-p", "xdist", "-n", "2", "--backstay-coverage=found.json")
    result.assert_outcomes(passed=2)
    assert str(result.stdout).count("TOTAL") == 1
    assert json.loads((project.path / "found.json").read_text())["total"]["reached"] == 6
