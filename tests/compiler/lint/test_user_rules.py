"""Rules of the house: they are rules like any other, what is wrong with them is told, and nobody runs them unasked."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from backstay.cli.configured import heard_of
from backstay.lint.registry import beside, every, own
from backstay.pipeline import check

Run = Callable[..., Result]
PAGE = Path(__file__).parents[3] / "docs" / "lint.md"
POLICY = """\
from backstay import Plan, Policy, Rule, Select, Vault, Waiver, daily, days, ou, tag

vault = Vault("main", key="alias/backup")
policy = Policy("p", attach=ou("Workloads"), vaults=[vault], plans=[Plan("gold",
    rules=[Rule("daily", at=daily("03:00"), into=vault, keep=days(35))],
    select=[Select("gold", where=tag("backup") == "gold")])])
"""
WAIVED = POLICY.replace(
    'ou("Workloads"),',
    'ou("Workloads"), waivers=[Waiver("ACM001", on="p/gold", owner="o", reason="r", expires="2099-01-01")],',
)
ONLY = ("--rules", "house_rules", "--select", "ACM")


def block(file: str) -> str:
    """A file that the documentation shows."""
    found = re.search(rf"^```python {file}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


RULE = block("house_rules/teams.py")


@pytest.fixture
def house(folder: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """A policy, and a folder of rules with these texts as files; `teams` is the documentation's own unless told."""
    folder(acme=POLICY)

    def make(**texts: str) -> Path:
        rules = tmp_path / "house_rules"
        rules.mkdir(exist_ok=True)
        for name, text in ({"teams": RULE} | texts).items():
            (rules / f"{name}.py").write_text(text, "utf-8")
        return rules

    return make


def test_a_rule_of_the_house_is_a_rule(house: Callable[..., Path], backstay: Run) -> None:
    """The documentation's rule finds a plan without a team, at its name, with a code, a docs line and an exit code."""
    house()
    result = backstay("lint", *ONLY)
    assert result.exit_code == 0
    assert "warning[plan-without-team]: plan `gold` names no team\n  --> policies/acme.py:4:74" in result.stdout
    assert "= docs: backstay rules plan-without-team" in result.stdout
    assert "plan-without-team" not in backstay("lint").stdout


def test_templates_are_judged_by_it(house: Callable[..., Path], backstay: Run, tmp_path: Path) -> None:
    """A rule of the house judges a template as Backstay's own do."""
    house()
    plan = {"BackupPlanName": "gold", "Rules": [{"RuleName": "y", "TargetBackupVaultName": "Default"}]}
    (tmp_path / "plan.json").write_text(json.dumps(plan, indent=2), "utf-8")
    assert "plan.json:2:" in backstay("lint", "plan.json", *ONLY).stdout


@pytest.mark.parametrize(
    "silence",
    [
        POLICY.replace('Plan("gold",', 'Plan("gold",  # backstay: allow plan-without-team — nobody to wake'),
        WAIVED,
    ],
)
def test_it_is_silenced_like_any_other(house: Callable[..., Path], backstay: Run, silence: str) -> None:
    """Comments and waivers name a rule of the house, and nobody calls that a slip."""
    rules = house()
    (rules.parent / "policies" / "acme.py").write_text(silence, "utf-8")
    result = backstay("lint", "--rules", "house_rules", "--now", "2098-12-01")
    assert not re.search(r"\[(plan-without-team|un(known|used)-(waiver|allowance))\]", result.stdout)
    assert "1 suppressed." in result.stdout


def test_configuration_and_baseline_know_it(house: Callable[..., Path], backstay: Run, tmp_path: Path) -> None:
    """The configuration names the folder, and the rule in all four ways; baselines hold its findings."""
    house()
    config = tmp_path / "backstay.toml"
    for name in ("plan-without-team", "ACM001", "acm", "house_rules"):
        config.write_text(f'rules = ["house_rules"]\nignore = ["{name}"]\n', "utf-8")
        result = backstay("lint", "--ignore", "CPY")
        assert "plan-without-team" not in result.stdout
        assert "1 switched off by configuration." in result.stdout
    config.write_text('rules = ["house_rules"]\nseverity = {ACM001 = "error"}\n', "utf-8")
    assert backstay("lint").exit_code == 1
    assert backstay("lint", "--write-baseline", "base.json").exit_code == 0
    assert '"ACM001"' in (tmp_path / "base.json").read_text("utf-8")
    assert backstay("lint", "--baseline", "base.json").exit_code == 0


def test_the_catalogue_has_it(house: Callable[..., Path], backstay: Run, tmp_path: Path) -> None:
    """`backstay rules` and SARIF list the rule with its prose and examples; without the option it is unknown."""
    house()
    page = backstay("rules", "plan-without-team", "--rules", "house_rules").stdout
    assert page.startswith("plan-without-team (ACM001, warning)\n")
    assert all(part in page for part in ("Refused:", "Accepted:", "whom to wake", "our handbook, chapter 3"))
    assert "house_rules\n  ACM001  plan-without-team" in backstay("rules", "--rules", "house_rules").stdout
    assert backstay("rules", "plan-without-team").exit_code == 2
    (tmp_path / "backstay.toml").write_text('rules = ["house_rules"]\n', "utf-8")
    rows = json.loads(backstay("rules", "house_rules", "--format", "json").stdout)
    assert [(row["code"], row["family"]) for row in rows] == [("ACM001", "house_rules")]
    driver = json.loads(backstay("lint", "--format", "sarif").stdout)["runs"][0]["tool"]["driver"]
    assert "ACM001" in [rule["id"] for rule in driver["rules"]]


def test_nothing_of_it_stays(house: Callable[..., Path], backstay: Run) -> None:
    """After a run the rules are Backstay's own again, and a changed file is read anew."""
    rules = house()
    backstay("lint", *ONLY)
    assert every() == own()
    (rules / "teams.py").write_text(RULE.replace("names no team", "has nobody to wake at night"), "utf-8")
    assert "nobody to wake at night" in backstay("lint", *ONLY).stdout


def test_files_of_a_folder_share(house: Callable[..., Path], backstay: Run) -> None:
    """Rules import from files beside them; helpers and tests there are not taken for rules."""
    shared = RULE.replace('("payments", "search")', "TEAMS").replace(
        "from backstay.lint", "from ._shared import TEAMS\nfrom backstay.lint"
    )
    broken = "raise RuntimeError\n"
    house(teams=shared, _shared='TEAMS = ("a",)\n', test_teams=broken, conftest=broken, __init__='"""Ours."""\n')
    assert backstay("lint", *ONLY).stdout.count("[plan-without-team]") == 1


def member(name: str, text: str) -> dict[str, str]:
    """The documentation's rule with another member."""
    return {"teams": re.sub(rf"^    {name} = .*?$(?=\n    [A-Z])", f"    {name} = {text}", RULE, flags=re.M | re.S)}


SECOND = RULE.replace("ACM001", "ACM002").replace("plan-without-team", "plan-without-group")


@pytest.mark.parametrize(
    ("texts", "place", "said"),
    [
        ({"teams": "import nothing_of_that_name\n"}, "teams.py:1:1", "from .name import"),
        ({"teams": RULE + "\n\nraise SystemExit(3)\n"}, "teams.py:39:1", "SystemExit: 3"),
        ({"teams": "\nclass X(:\n"}, "teams.py:2:1", "SyntaxError"),
        ({"teams": "x = 1\n\n\ndef f():\n    return 1 / 0\n\n\nf()\n"}, "teams.py:5:5", "ZeroDivisionError: division"),
        ({"teams": "from . import _x\n", "_x": "\n1 / 0\n"}, "_x.py:2:1", "`house_rules/teams.py` cannot be imported"),
        ({"teams": RULE, "__init__": "1 / 0\n"}, "__init__.py:1:1", "`house_rules/__init__.py` cannot be imported"),
        ({"teams": RULE.replace("    WHY =", "    WHEREFORE =")}, "teams.py:8:1", "rule `PlanWithoutTeam` lacks `WHY`"),
        ({"teams": RULE.replace("def check", "def look")}, "teams.py:8:1", "lacks `check`"),
        (member("SEVERITY", '"fatal"'), "teams.py:13:16", "`fatal` is no severity"),
        (member("CODE", '"ACM1"'), "teams.py:11:12", "three capital letters"),
        (member("CODE", '"LIF999"'), "teams.py:11:12", "the letters `LIF` of `LIF999` are Backstay's own"),
        (member("CODE", '"LOD001"'), "teams.py:11:12", "Backstay's own"),
        (member("NAME", '"kept-forever"'), "teams.py:12:12", "the name `kept-forever` is taken by `LIF003`"),
        (member("NAME", '"Team"'), "teams.py:12:12", "two small words or more"),
        (member("VALID", "('Copy(to=central)')"), "teams.py:17:14", "put a comma behind it"),
        (member("SOURCES", '("a book",)'), "teams.py:16:15", "a tuple of `Source`"),
        ({"trams": SECOND.replace("ACM002", "ACM001")}, "trams.py:11:12", "team` in house_rules/teams.py:8:1"),
        ({"trams": SECOND.replace("group", "team")}, "trams.py:12:12", "`plan-without-team` is taken by `ACM001`"),
        ({"teams": "x = 1\n"}, "teams.py:1:1", "no class in it is a `Rule`"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_rule_is_told(
    house: Callable[..., Path], backstay: Run, texts: dict[str, str], place: str, said: str
) -> None:
    """Whatever keeps rules from standing beside Backstay's own is told at its line: exit code 2, no traceback."""
    house(**texts)
    for command in ("lint", "rules"):
        result = backstay(command, "--rules", "house_rules")
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"--> house_rules/{place}" in result.stderr
        assert said in result.stderr
        assert "Traceback" not in result.stderr
    assert every() == own()


def test_a_base_class_is_no_rule(house: Callable[..., Path], backstay: Run) -> None:
    """Classes that others are built on, and imported ones, are not taken for rules."""
    base = RULE.replace("PlanWithoutTeam(Rule)", "PlanWithoutTeam(House)").replace(
        "class Plan", 'class House(Rule):\n    """Ours."""\n\n    TEAMS = ("a",)\n\n\nclass Plan'
    )
    house(teams=base, trams="from .teams import PlanWithoutTeam\n")
    assert backstay("lint", *ONLY).stdout.count("[plan-without-team]") == 1


@pytest.mark.parametrize("folder_name", ["nowhere", "policies/acme.py", "empty"])
def test_a_folder_without_rules(house: Callable[..., Path], backstay: Run, tmp_path: Path, folder_name: str) -> None:
    """A folder that is not there, or holds nothing, is a complaint: at the configuration's line if that names it."""
    house()
    (tmp_path / "empty").mkdir()
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "x.toml").write_text(f'\nrules = ["../{folder_name}"]\n', "utf-8")
    assert backstay("rules", "--rules", folder_name).exit_code == 2
    result = backstay("rules", "--config", "ci/x.toml")
    assert result.exit_code == 2
    assert f"`{folder_name}` holds no rules" in result.stderr.replace("ci/../", "")
    assert "--> ci/x.toml:2:10" in result.stderr


@pytest.mark.parametrize(
    ("body", "place", "said"),
    [
        ("        yield context.nothing\n", "teams.py:33:15", "AttributeError"),
        ("        yield 3\n", "teams.py:8:1", "an object of `int` where a problem should be"),
        ("        return 3\n", "teams.py:8:1", "TypeError"),
    ],
)
def test_a_rule_that_fails_is_told(house: Callable[..., Path], backstay: Run, body: str, place: str, said: str) -> None:
    """A rule that fails while it runs is named, with its line: exit code 2, and no finding is told."""
    head, doc, _ = re.split(r'(        """Plans by their names."""\n)', RULE)
    house(teams=head + doc + body)
    result = backstay("lint", *ONLY)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--> house_rules/{place.split(':')[0]}:" in result.stderr
    assert said in result.stderr


def test_a_rule_that_finds_nothing_may_return_nothing(house: Callable[..., Path], backstay: Run) -> None:
    """A `check` without a `yield` finds nothing."""
    head, doc, _ = re.split(r'(        """Plans by their names."""\n)', RULE)
    house(teams=head + doc)
    assert backstay("lint", *ONLY).stdout.startswith("No problems")


@pytest.fixture
def traced(house: Callable[..., Path], tmp_path: Path) -> Path:
    """A file that the rules of the house write when they are run."""
    mark = tmp_path / "mark"
    house(teams=f"open({str(mark)!r}, 'w').close()\n{RULE}")
    return mark


CONFIG = 'rules = ["house_rules"]\n'
BELOW = 'rules = ["../house_rules"]\n'


@pytest.mark.parametrize(
    ("files", "arguments", "said"),
    [
        ({"policies/backstay.toml": BELOW}, (), "cannot say which rules run"),
        ({"policies/backstay.toml": BELOW}, ("policies/acme.py",), "cannot say which rules run"),
        ({"backstay.toml": CONFIG}, (".",), "cannot say which rules run"),
        ({"backstay.toml": CONFIG}, ("policies", "--require-sandbox"), "runs nothing without walls"),
        ({}, (".", "--rules", "house_rules"), "lie in `.`, which is linted"),
        ({"backstay.toml": CONFIG + "selct = 1\n"}, (), "did you mean `select`?"),
        ({"backstay.toml": CONFIG}, ("--no-config",), ""),
        ({}, (), ""),
    ],
)  # fmt: skip
def test_nobody_runs_rules_unasked(
    traced: Path, backstay: Run, tmp_path: Path, files: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    """No configuration among the policies, none under `--require-sandbox`, and none that is refused runs a rule."""
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    result = backstay("lint", *arguments)
    assert result.exit_code == (2 if said else 0)
    assert said in result.stderr
    assert not traced.exists()


@pytest.mark.parametrize("arguments", [("policies",), ("policies", "--require-sandbox", "--rules", "house_rules")])
def test_rules_run_when_asked_for(traced: Path, backstay: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """The configuration of the working directory, and the command line, may name rules."""
    if "--rules" not in arguments:
        (tmp_path / "backstay.toml").write_text(CONFIG, "utf-8")
    backstay("lint", *arguments)
    assert traced.exists()


def test_names_are_heard_of_without_running(traced: Path, tmp_path: Path) -> None:
    """Who does not run the rules still knows their names, so that a waiver of one is no slip."""
    (tmp_path / "backstay.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "policies" / "acme.py").write_text(WAIVED, "utf-8")
    names = heard_of([Path("policies")])
    assert names == {"ACM001", "plan-without-team"}
    for known, slips in (((), {"unknown-waiver"}), (names, set())):
        with beside(heard_of=known):
            found = check([Path("policies")], None, now=datetime.date(2098, 12, 1)).findings
        assert {one.name for one in found if one.severity == "error"} == slips
    assert not traced.exists()
