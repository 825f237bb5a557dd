"""pytest's fixtures for tests of policies, `org` and `resource`, and the coverage of policies by such tests.

pytest loads this module in every project that has the package installed, so it imports nothing of weight. A project's
own fixture of one of these names stands before ours; `backstay_org` is the same as `org`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from backstay.coverage.measure import Coverage
    from backstay.coverage.reached import Reached
    from backstay.testing.org import Org
    from backstay.testing.resource import MakeResource

_REACHED = "backstay_reached"
_INI = (
    (
        "backstay_policies",
        "folder of the policies that tests are about, from the folder of this file; default: policies",
    ),
    ("backstay_org", "their organization file; default: the one beside them"),
    ("backstay_now", "the day from which schedules are looked at, in ISO 8601; default: today"),
)


@dataclass
class _Kept:
    """What a session has: the policies once somebody asked for them, and what workers reached."""

    org: Org | None = None
    others: Reached | None = None
    found: Coverage | None = None
    wrong: str = ""
    failed: str = ""
    broken: bool = False
    """Whether a test was told already that the policies do not compile."""


_KEPT = pytest.StashKey[_Kept]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the policies are, and whether their coverage is wanted."""
    group = parser.getgroup("backstay", "tests of backup policies")
    group.addoption("--backstay-policies", metavar="PATH", help="the policies that tests are about")
    group.addoption("--backstay-org", metavar="FILE", help="their organization file")
    group.addoption("--backstay-now", metavar="DATE", help="the day from which schedules are looked at")
    group.addoption(
        "--backstay-coverage",
        metavar="FILE",
        nargs="?",
        const="",
        help="tell what of the policies no test reached; with =FILE.json as JSON too",
    )
    group.addoption("--backstay-inventory", metavar="FILE", help="count the resources of an inventory as looked at")
    group.addoption("--backstay-fail-under", metavar="N", type=float, help="fail below so many percent of coverage")
    for name, told in _INI:
        parser.addini(name, told)


def pytest_configure(config: pytest.Config) -> None:
    """A place for what the session keeps."""
    config.stash[_KEPT] = _Kept()
    file = config.getoption("backstay_coverage")
    if file and not file.endswith(".json"):  # a test file that stands behind the option would be written over
        raise pytest.UsageError(
            f"--backstay-coverage: `{file}` is no name of a JSON file; put the option last, or =FILE"
        )


@pytest.fixture(scope="session")
def backstay_org(request: pytest.FixtureRequest) -> Org:
    """The policies, compiled once in a session; what is wrong with them is told as `backstay lint` does."""
    from backstay.testing.wrong import PoliciesError

    try:
        return _org(request.config)
    except PoliciesError as wrong:
        said = str(wrong)
    request.config.stash[_KEPT].broken = True
    pytest.fail(f"the policies do not compile\n{said}", pytrace=False)


@pytest.fixture(scope="session")
def org(backstay_org: Org) -> Org:
    """The policies of the organization (`backstay.testing.Org`)."""
    return backstay_org


@pytest.fixture(scope="session")
def resource(backstay_org: Org) -> MakeResource:
    """Makes a resource that there could be: `resource("RDS", "shop-prod", tags={"backup": "daily"})`."""
    return backstay_org.resource


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of pytest-xdist reached."""
    from backstay.coverage.reached import Reached, of_document

    document = getattr(node, "workeroutput", {}).get(_REACHED)
    if document is not None:
        kept = node.config.stash[_KEPT]
        kept.others = kept.others or Reached()
        kept.others.add(of_document(document))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what was reached to the process that reports, or measure it there."""
    config = session.config
    if not _is_wanted(config) or config.option.collectonly:
        return
    kept = config.stash[_KEPT]
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[_REACHED] = kept.org.reached.document() if kept.org is not None else None
        return
    _measure(config, kept)
    if (kept.wrong or kept.failed) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table of what was reached."""
    kept = config.stash[_KEPT]
    if kept.found is None and not kept.wrong:
        return
    from backstay.coverage import report
    from backstay_formats.escape import terminal

    terminalreporter.section("coverage of backup policies")
    if kept.found is not None:
        for line in report.text(kept.found).splitlines():
            terminalreporter.write_line(terminal(line))
    for line in (kept.wrong or kept.failed).splitlines():
        terminalreporter.write_line(line, red=True)


def _is_wanted(config: pytest.Config) -> bool:
    return config.option.backstay_coverage is not None or config.option.backstay_fail_under is not None


def _measure(config: pytest.Config, kept: _Kept) -> None:
    from backstay.coverage import report
    from backstay.coverage.measure import measure
    from backstay.coverage.reached import Reached, of_inventory
    from backstay.lint.inventory import InventoryError, read
    from backstay.testing.wrong import PoliciesError

    reached = Reached()
    try:
        org = _org(config)
        if config.option.backstay_inventory:
            reached.add(of_inventory(read(_from_here(config, config.option.backstay_inventory))))
    except (PoliciesError, InventoryError) as wrong:
        kept.wrong = "nothing can be measured: the policies do not compile" if kept.broken else str(wrong)
        return
    reached.add(org.reached)
    if kept.others is not None:
        reached.add(kept.others)
    assert org.checked.org is not None
    kept.found = measure(org.model, org.checked.org, reached)
    share, least = report.percent(kept.found.items), config.option.backstay_fail_under
    if least is not None and share < least:
        kept.failed = f"{report.shown(share)} is less than the {least:g}% asked for."
    if config.option.backstay_coverage:
        text = json.dumps(report.document(kept.found, reached), indent=2, ensure_ascii=False)
        try:
            _from_here(config, config.option.backstay_coverage).write_text(f"{text}\n", "utf-8")
        except OSError as wrong:
            kept.wrong = f"cannot write {config.option.backstay_coverage}: {wrong.strerror or wrong}"


def _org(config: pytest.Config) -> Org:
    """The session's policies. Raises `PoliciesError`."""
    from backstay.testing.org import load_org

    kept = config.stash[_KEPT]
    if kept.org is None:
        beside = _place(config, "backstay_org", "")
        policies = _place(config, "backstay_policies", "policies")
        assert policies is not None
        kept.org = load_org(policies, beside, now=_now(config))
    return kept.org


def _place(config: pytest.Config, name: str, default: str) -> Path | None:
    """A path of the command line, from where pytest was called, or of the ini file, from where that is."""
    given = config.getoption(name)
    if given:
        return _from_here(config, given)
    folder = config.inipath.parent if config.inipath is not None else config.rootpath
    said = config.getini(name)
    if said or not default:
        return _near(folder / said) if said else None
    here = config.invocation_params.dir
    places = [one / default for one in (folder, here, config.rootpath.parent)]  # `pytest tests` takes that for its root
    return _near(next((one for one in places if one.exists()), places[0]))


def _from_here(config: pytest.Config, path: str) -> Path:
    return _near(config.invocation_params.dir / path)


def _near(path: Path) -> Path:
    """The path as people are shown it: from the working directory, where it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _now(config: pytest.Config) -> date | None:
    said = config.getoption("backstay_now") or config.getini("backstay_now")
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise pytest.UsageError(f"backstay_now: `{said}` is no day; write it like 2026-11-22") from None
