"""The configuration of the linter: where it is looked for, what it says of rules; and it hides nothing silently."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from backstay.lint.config.choices import choices
from backstay.lint.config.path_pattern import matches
from backstay.lint.config.read import read
from backstay.lint.registry import every
from backstay.source.toml_text import read_toml

Run = Callable[..., Result]
Folder = Callable[..., Path]
HEAD = "from backstay import Plan, Policy, Rule, Select, Vault, days, daily, ou, tag\n"
FILE = HEAD + (
    'vault = Vault("NAME", key="alias/backup")\n'
    'policy = Policy("NAME", attach=ou("Workloads"), vaults=[vault], plans=[Plan("NAME",\n'
    '    rules=[Rule("daily", at=daily("03:00"), into=vault, cold_after=days(30), keep=days(100)),\n'
    '           Rule("weekly", at=daily("05:00"), into=vault)],\n'
    '    select=[Select("gold", where=tag("backup") == "NAME")])])\n'
)
ONE = FILE.replace("NAME", "one")
TWO = FILE.replace("NAME", "two")
BROKEN = ("LIF001", "LIF003")
"""The rules that the tests are about, an error and a warning; each file breaks both."""
OTHERS = [word for rule in every() if rule.CODE not in BROKEN for word in ("--ignore", rule.CODE)]


def names(result: Result) -> list[str]:
    """The findings of a report in JSON, each with its severity."""
    return [f"{row['name']} {row['severity']}" for row in json.loads(result.stdout)["findings"]]


@pytest.fixture
def lint(folder: Folder, backstay: Run, tmp_path: Path) -> Callable[..., Result]:
    """Lint a policy that keeps too short and for ever, with a configuration file."""
    folder(one=ONE)

    def run(text: str, *more: object, file: str = "backstay.toml", form: str = "json") -> Result:
        (tmp_path / file).write_text(text, "utf-8")
        return backstay("lint", "--format", form, *OTHERS, *more)

    return run


BOTH = ["cold-storage-too-short error", "kept-forever warning"]


@pytest.mark.parametrize(
    ("text", "told", "lowered", "off"),
    [
        ("", BOTH, 0, 0),
        ('ignore = ["LIF001"]', BOTH[1:], 0, 1),
        ('ignore = ["lifecycle"]', [], 0, 2),
        ('select = ["kept-forever"]', BOTH[1:], 0, 1),
        ('severity = {"kept-forever" = "error"}', [BOTH[0], "kept-forever error"], 0, 0),
        ('[severity]\nlif001 = "advice"', ["cold-storage-too-short advice", BOTH[1]], 1, 0),
        ('[severity]\nLIF001 = "off"\nLIF003 = "advice"', ["kept-forever advice"], 1, 1),
        ('select = ["LIF"]\nignore = ["LIF001"]\nseverity = {LIF001 = "error"}', BOTH[1:], 0, 1),
    ],
)
def test_rules_are_told_as_configured(lint: Run, text: str, told: list[str], lowered: int, off: int) -> None:
    """`select`, `ignore` and `severity` name rules by name, code and family; what they take away is counted."""
    result = lint(text)
    assert names(result) == told
    summary = json.loads(result.stdout)["summary"]
    assert (summary["lowered"], summary["switched_off"]) == (lowered, off)
    assert result.exit_code == int(any(name.endswith("error") for name in told))


@pytest.mark.parametrize("form", ["text", "markdown", "github", "json", "sarif", "gitlab", "junit"])
def test_nothing_is_hidden_silently(lint: Run, form: str) -> None:
    """Whatever the format, the verdict says how many findings the configuration lowered and switched off."""
    result = lint('[severity]\nLIF001 = "warning"\nLIF003 = "off"', form=form)
    assert "1 lowered and 1 switched off by configuration." in result.stdout + result.stderr
    assert result.exit_code == 0


def test_what_cannot_be_read_stays(lint: Run, tmp_path: Path) -> None:
    """No configuration takes away what keeps the rules from running: the exit code stays 2."""
    (tmp_path / "policies" / "one.py").write_text("policy = (\n", "utf-8")
    result = lint('select = ["SCH"]')
    assert result.exit_code == 2
    assert names(result) == ["syntax-error error"]


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        ('ignore = ["LIF"]', ("--select", "LIF001"), BOTH[:1]),
        ('severity = {LIF001 = "off"}', ("--select", "LIF"), BOTH),
        ('severity = {LIF001 = "advice"}', ("--select", "LIF"), ["cold-storage-too-short advice", BOTH[1]]),
        ('[[per-path]]\npath = "policies"\nignore = ["LIF"]', ("--select", "LIF"), BOTH),
        ('select = ["LIF"]', ("--ignore", "LIF003"), BOTH[:1]),
        ('ignore = ["LIF"]', ("--no-config",), BOTH),
    ],
)
def test_the_command_line_wins(lint: Run, text: str, arguments: tuple[str, ...], told: list[str]) -> None:
    """What `--select` names is told whatever the file says; what `--ignore` names is not; a file can be left unread."""
    assert names(lint(text, *arguments)) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[per-path]]\npath = "policies/legacy/**"\nignore = ["LIF"]', {"one": BOTH}),
        (
            'ignore = ["LIF"]\n[[per-path]]\npath = "policies/legacy"\nselect = ["kept-forever"]',
            {"two": BOTH[1:]},
        ),
        (
            '[severity]\nLIF003 = "off"\n[[per-path]]\npath = "**/t?o.py"\nseverity = {LIF003 = "error"}',
            {"one": BOTH[:1], "two": [BOTH[0], "kept-forever error"]},
        ),
        (
            '[[per-path]]\npath = "policies"\nignore = ["LIF"]\n'
            '[[per-path]]\npath = "policies/legacy/two.py"\nselect = ["LIF001"]',
            {"two": BOTH[:1]},
        ),
    ],
)
def test_paths_have_words_of_their_own(lint: Run, tmp_path: Path, text: str, told: dict[str, list[str]]) -> None:
    """`per-path` speaks of some files only, by a pattern from the file's folder; the last that fits counts."""
    (tmp_path / "policies" / "legacy").mkdir()
    (tmp_path / "policies" / "legacy" / "two.py").write_text(TWO, "utf-8")
    found: dict[str, list[str]] = {}
    for row in json.loads(lint(text).stdout)["findings"]:
        found.setdefault(Path(row["path"]).stem, []).append(f"{row['name']} {row['severity']}")
    assert found == told


def test_templates_are_configured_too(lint: Run, backstay: Run, tmp_path: Path) -> None:
    """What is said of rules and paths holds for templates as it does for policies."""
    plan = {"BackupPlanName": "x", "Rules": [{"RuleName": "y", "TargetBackupVaultName": "Default"}]}
    (tmp_path / "plan.json").write_text(json.dumps(plan, indent=2), "utf-8")
    lint('[[per-path]]\npath = "*.json"\nseverity = {LIF003 = "error"}')
    result = backstay("lint", "plan.json", "policies", "--select", "LIF003", "--format", "json")
    assert names(result) == ["kept-forever error", "kept-forever warning"]


@pytest.mark.parametrize(
    ("files", "ignored"),
    [
        ({"pyproject.toml": '[tool.backstay]\nignore = ["LIF001"]'}, "LIF001"),
        ({"pyproject.toml": '[tool.backstay]\nignore = ["LIF001"]', "backstay.toml": 'ignore = ["LIF003"]'}, "LIF003"),
        ({"pyproject.toml": "[tool.other]", "../backstay.toml": 'ignore = ["LIF001"]'}, None),
        ({"policies/backstay.toml": 'ignore = ["LIF001"]', "backstay.toml": 'ignore = ["LIF003"]'}, "LIF001"),
        ({"policies/pyproject.toml": "[project]", "backstay.toml": 'ignore = ["LIF003"]'}, "LIF003"),
        ({"../.git/x": "", "../backstay.toml": 'ignore = ["LIF001"]'}, "LIF001"),
        ({".git/x": "", "../backstay.toml": 'ignore = ["LIF001"]'}, None),
    ],
)
def test_the_nearest_file_counts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    backstay: Run,
    folder: Folder,
    files: dict[str, str],
    ignored: str | None,
) -> None:
    """The nearest file from the paths upwards, to the repository's or the working folder; `backstay.toml` first."""
    policies = folder(one=ONE)
    (tmp_path / "work").mkdir()
    policies.rename(tmp_path / "work" / "policies")
    monkeypatch.chdir(tmp_path / "work")
    for name, text in files.items():
        (tmp_path / "work" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "work" / name).write_text(text, "utf-8")
    codes = {row["code"] for row in json.loads(backstay("lint", "--format", "json").stdout)["findings"]}
    assert set(BROKEN) - codes == ({ignored} if ignored else set())


def test_a_named_file_counts_alone(lint: Run, tmp_path: Path) -> None:
    """`--config` names the file; paths in it are relative to its own folder."""
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "strict.toml").write_text('[severity]\nLIF003 = "error"\n', "utf-8")
    assert names(lint('ignore = ["LIF"]', "--config", "ci/strict.toml")) == [BOTH[0], "kept-forever error"]
    assert lint("", "--config", "ci/none.toml").exit_code == 2
    assert lint("", "--config", "ci/strict.toml", "--no-config").exit_code == 2


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("selct = ['LIF']", 1, "did you mean `select`?"),
        ("[lint]\nselect = ['LIF']", 1, "stand at the top"),
        ("ignore = [\n  'LIF',\n  'kept-forevr',\n]", 3, "did you mean `kept-forever`?"),
        ("ignore = 'LIF'", 1, "`ignore` has to be a list of texts"),
        ("ignore = ['LIF', 3]", 1, "this is the number 3"),
        ("select = []", 1, "leave it out to run all rules"),
        ("\n[severity]\n'kept-forever' = 'loud'", 3, "`error`, `warning`, `advice`, `off`"),
        ("[severity]\nLIF = 'off'", 2, 'say `ignore = ["LIF"]`'),
        ("[severity]\nLIF003 = 'off'\nkept-forever = 'error'", 3, "once by name and once by code"),
        ("severity = ['LIF003']", 1, "has to be a table"),
        ("[[per-path]]\nignore = ['LIF']", 1, "says for which files it is"),
        ("[[per-path]]\npath = 'a'\n[[per-path]]\npath = 'b'\nbaseline = 'c'", 5, "no setting `baseline`"),
        ("per-path = 3", 1, "a list of tables"),
        ("rules = 'house'", 1, "a list of texts"),
        ("baseline = ['b.json']", 1, "`baseline` has to be a text"),
        ("ignore = ['LIF'", 1, "this is no TOML"),
        ("\nignore = ['LIF']\nignore = []", 3, "this is no TOML"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(lint: Run, text: str, line: int, said: str) -> None:
    """What the file cannot mean is told at its line, with the nearest thing that it can: exit code 2, no finding."""
    result = lint(text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--> backstay.toml:{line}:" in result.stderr
    assert said in result.stderr


def test_lines_of_a_shared_file(lint: Run) -> None:
    """In `pyproject.toml` only the table of ours is looked at, and its lines are told."""
    text = (
        '[project]\nselct = 1\n[tool.backstay]\nignore = ["LIF"]\n[[tool.backstay.per-path]]\npath = "a"\nignore = 3\n'
    )
    result = lint(text, file="pyproject.toml")
    assert result.exit_code == 2
    assert "--> pyproject.toml:7:10" in result.stderr
    assert "selct" not in result.stderr


def test_the_page_shows_a_configuration(tmp_path: Path) -> None:
    """The configuration in the documentation is one, with every rule that it names."""
    page = (Path(__file__).parents[3] / "docs" / "lint.md").read_text("utf-8")
    (tmp_path / "backstay.toml").write_text(page.split("```toml\n")[1].split("```")[0], "utf-8")
    settings = read(tmp_path / "backstay.toml")
    assert not settings.findings
    found, wrong = choices(settings)
    assert not wrong
    assert [layer.path for layer in found.layers] == [None, "policies/legacy/**"]
    assert (len(settings.rules), settings.baseline is not None) == (1, True)


def test_all_that_is_wrong_is_told_at_once(lint: Run) -> None:
    """Several slips are several complaints, in the order of the file."""
    result = lint("selct = []\nignore = 3\n")
    assert result.stderr.index("--> backstay.toml:1:1") < result.stderr.index("--> backstay.toml:2:10")


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("policies/legacy/**", "policies/legacy/a/b.py", True),
        ("policies/legacy", "policies/legacy/a/b.py", True),
        ("policies/legacy/", "policies/legacy/a.py", True),
        ("policies/legacy", "policies/legacy2/a.py", False),
        ("*.py", "a.py", True),
        ("*.py", "policies/a.py", False),
        ("**/*.py", "a.py", True),
        ("**/*.py", "x/y/a.py", True),
        ("x/**/a.py", "x/a.py", True),
        ("x/**/a.py", "x/y/z/a.py", True),
        ("x/*/a.py", "x/y/z/a.py", False),
        ("a?.py", "ab.py", True),
        ("a.py", "abpy", False),
        ("./a.py", "a.py", True),
        (".", "x/a.py", True),
        ("**", "x/a.py", True),
    ],
)
def test_patterns(pattern: str, path: str, meant: bool) -> None:
    """`*` and `?` stay within a folder, `**` goes through any number; a folder means all below it."""
    assert matches(pattern, path) is meant


def walk(data: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all values in some data."""
    yield at
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from walk(value, (*at, key))


def test_places_in_toml() -> None:
    """Every key and value of TOML has its place, whatever way it is written in."""
    text = (Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8") + (
        '[[x]]\na."b.c" = """one\n"two" [x]\n""\\""""""  # [y]\nd = [ # ]\n'
        "  'e', \"f\\\"]\", {g = 2, 'h' = [1, 2,]},\n"
        "  1979-05-27 07:32:00, +inf ]\n[x.y]\nz = '''it''s'''''\n[[x]]\n[[x.v]]\nq = 1\n[[x.v]]\nq = 2\n"
    )
    found = read_toml("t.toml", text)
    assert found.data == tomllib.loads(text)
    paths = [path for path in walk(found.data) if path]
    assert {path for path in paths if isinstance(path[-1], str)} == set(found.keys)
    assert found.spans.keys() <= set(paths)
    lines = text.split("\n")
    for path, span in found.keys.items():
        written = lines[span.line - 1][span.column - 1 : span.end_column - 1]
        assert written.strip("\"'") == path[-1]
    for path in (("x", 1, "v", 0, "q"), ("x", 1, "v", 1, "q")):
        span = found.spans[path]
        assert lines[span.line - 1][span.column - 1 : span.end_column - 1] == str(path[3] + 1)
