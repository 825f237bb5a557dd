"""Baselines: what was there before is counted and not told, wherever its line has moved to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from backstay.lint.baseline import named
from backstay_contract.findings import Finding, Span

Run = Callable[..., Result]
RULE = '    Rule("{name}", at=daily("0{hour}:00"), into=vault),\n'
FILE = (
    "from backstay import Plan, Policy, Rule, Select, Vault, daily, ou, tag\n"
    'vault = Vault("{policy}-main", key="alias/backup")\n'
    'policy = Policy("{policy}", attach=ou("Workloads"), vaults=[vault], plans=[Plan("{policy}-gold", rules=[\n'
    "{rules}"
    '    ], select=[Select("gold", where=tag("backup") == "gold")])])\n'
)
ONLY = ("--select", "kept-forever")


def file(*rules: str, policy: str = "p") -> str:
    """A policy file with rules that keep for ever."""
    text = "".join(RULE.format(name=name, hour=hour) for hour, name in enumerate(rules, 1))
    return FILE.replace("{rules}", text).replace("{policy}", policy)


def entries(path: Path) -> list[dict[str, str]]:
    """The entries of a baseline."""
    found: list[dict[str, str]] = json.loads(path.read_text("utf-8"))["findings"]
    return found


@pytest.fixture
def known(folder: Callable[..., Path], backstay: Run, tmp_path: Path) -> Path:
    """The policies, with one finding that a baseline knows."""
    policies = folder(acme=file("old"))
    result = backstay("lint", *ONLY, "--write-baseline", "base.json")
    assert result.exit_code == 0
    assert result.stderr == "Wrote base.json: 1 finding, 1 of them new; 0 taken out.\n"
    assert result.stdout.startswith("No problems")
    assert result.stdout.endswith("1 suppressed.\n")
    assert entries(tmp_path / "base.json")[0].keys() == {"code", "fingerprint", "path"}
    return policies


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"])
def test_known_findings_are_counted_and_not_told(known: Path, backstay: Run, form: str) -> None:
    """A known finding is in no format, and the verdict counts it; a new one is told."""
    before = backstay("lint", *ONLY, "--baseline", "base.json", "--format", form)
    told = "<code>new</code>" if form == "markdown" else "`new`"
    assert " keeps its recovery points for ever" not in before.stdout
    assert "1 suppressed." in before.stdout + before.stderr
    (known / "acme.py").write_text(file("old", "new"), "utf-8")
    after = backstay("lint", *ONLY, "--baseline", "base.json", "--format", form)
    assert f"rule {told} keeps its recovery points for ever" in after.stdout
    assert f"rule {told.replace('new', 'old')} keeps" not in after.stdout


def test_the_exit_code_follows_what_is_new(folder: Callable[..., Path], backstay: Run, tmp_path: Path) -> None:
    """A known error does not fail the run; a new one does."""
    wrong = file("old").replace("into=vault)", "into=vault, keep=days(0))").replace("ou,", "days, ou,")
    policies = folder(acme=wrong)
    assert backstay("lint").exit_code == 1
    assert backstay("lint", "--write-baseline", "base.json").exit_code == 0
    assert backstay("lint", "--baseline", "base.json").exit_code == 0
    (policies / "acme.py").write_text(wrong.replace("days(0)", "days(40000)"), "utf-8")
    assert backstay("lint", "--baseline", "base.json").exit_code == 1


def test_moved_lines_stay_known(known: Path, backstay: Run) -> None:
    """Lines that move, and spaces that change, make nothing new; another word in the line does."""
    text = file("old")
    moved = "# a comment\n\n" + text.replace('    Rule("old"', '        Rule("old"').replace("import ", "import days, ")
    (known / "acme.py").write_text(moved, "utf-8")
    assert "No problems" in backstay("lint", *ONLY, "--baseline", "base.json").stdout
    (known / "acme.py").write_text(moved.replace('daily("01:00")', 'daily("02:00")'), "utf-8")
    assert "Found 1 warning" in backstay("lint", *ONLY, "--baseline", "base.json").stdout


def test_one_more_of_the_same_is_new(known: Path, backstay: Run) -> None:
    """Of two findings that say the same at the same words the second is new."""
    both = file("old") + file("old", policy="q").split("\n", 1)[1].replace("policy =", "other =")
    (known / "acme.py").write_text(both, "utf-8")
    assert "Found 1 warning" in backstay("lint", *ONLY, "--baseline", "base.json").stdout
    backstay("lint", *ONLY, "--write-baseline", "base.json")
    assert len({entry["fingerprint"] for entry in entries(known.parent / "base.json")}) == 2


def test_idle_entries_are_told_and_go(known: Path, backstay: Run) -> None:
    """Entries that fit nothing are told at the end, and the next `--write-baseline` takes them out."""
    (known / "acme.py").write_text(file("new"), "utf-8")
    result = backstay("lint", *ONLY, "--baseline", "base.json")
    told = "1 entry of base.json fits no finding any more; `--write-baseline base.json` removes what is over\n"
    assert result.stderr == told
    again = backstay("lint", *ONLY, "--write-baseline", "base.json")
    assert again.stderr == "Wrote base.json: 1 finding, 1 of them new; 1 taken out.\n"
    assert backstay("lint", *ONLY, "--baseline", "base.json").stderr == ""


def test_what_was_not_looked_at_stays(known: Path, backstay: Run, tmp_path: Path) -> None:
    """A run over some files or some rules calls no other entry idle, and writes none of them away."""
    (known / "other.py").write_text(file("other", policy="q"), "utf-8")
    assert backstay("lint", *ONLY, "policies/other.py", "--baseline", "base.json").stderr == ""
    assert backstay("lint", "--select", "SCH", "--baseline", "base.json").stderr == ""
    backstay("lint", *ONLY, "policies/other.py", "--write-baseline", "base.json")
    assert [entry["path"] for entry in entries(tmp_path / "base.json")] == ["policies/acme.py", "policies/other.py"]
    (known / "acme.py").unlink()
    assert "1 entry" in backstay("lint", *ONLY, "--baseline", "base.json").stderr


def test_same_bytes_and_sorted(known: Path, backstay: Run, tmp_path: Path) -> None:
    """The same findings give the same bytes, sorted by file; paths are told from the baseline's own folder."""
    (known / "z.py").write_text(file("b", "a", policy="q"), "utf-8")
    (tmp_path / "ci").mkdir()
    for _ in range(2):
        backstay("lint", *ONLY, "--write-baseline", "ci/base.json")
        text = (tmp_path / "ci" / "base.json").read_bytes()
    backstay("lint", *ONLY, "policies/z.py", "policies/acme.py", "--write-baseline", "ci/other.json")
    assert text == (tmp_path / "ci" / "other.json").read_bytes()
    rows = entries(tmp_path / "ci" / "base.json")
    assert [row["path"] for row in rows] == ["../policies/acme.py", "../policies/z.py", "../policies/z.py"]
    assert rows == sorted(rows, key=lambda row: (row["path"], row["code"], row["fingerprint"]))
    assert "3 suppressed" in backstay("lint", *ONLY, "--baseline", "ci/base.json").stdout


def test_templates_have_baselines_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backstay: Run) -> None:
    """Findings in a template are known in the same way, also when lines are put before them."""
    monkeypatch.chdir(tmp_path)
    rule = {"RuleName": "y", "TargetBackupVaultName": "Default"}
    plan: dict[str, Any] = {"BackupPlanName": "x", "Rules": [rule]}
    (tmp_path / "plan.json").write_text(json.dumps(plan, indent=2), "utf-8")
    assert "kept-forever" in backstay("lint", "plan.json").stdout
    backstay("lint", "plan.json", "--write-baseline", "base.json")
    (tmp_path / "plan.json").write_text("\n\n" + json.dumps(plan, indent=4), "utf-8")
    result = backstay("lint", "plan.json", "--baseline", "base.json")
    assert result.stdout.startswith("No problems")
    assert result.stderr == ""


def test_the_configuration_names_a_baseline(known: Path, backstay: Run, tmp_path: Path) -> None:
    """`baseline` of the configuration is used unless the command line names another."""
    (tmp_path / "backstay.toml").write_text('baseline = "base.json"\n', "utf-8")
    assert "1 suppressed." in backstay("lint", *ONLY).stdout
    (tmp_path / "empty.json").write_text('{"findings": [], "format": 1}', "utf-8")
    assert "Found 1 warning" in backstay("lint", *ONLY, "--baseline", "empty.json").stdout
    assert "Found 1 warning" in backstay("lint", *ONLY, "--no-config").stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no baseline bad.json; `--write-baseline bad.json` makes one"),
        ("{", "bad.json:1:"),
        ("[]", "this is no baseline of Backstay"),
        ('{"findings": [],\n "format": 2}', "bad.json:2:12: this baseline has the format 2; this Backstay knows 1"),
        ('{"format": 1, "findings": [{"code": "LIF003"}]}', "bad.json:1:28: an entry has"),
        ("vault = 1\n", "bad.json:1:1: a baseline should be here"),
        (b"\xff", "it is not UTF-8"),
    ],
)
def test_what_is_no_baseline_is_refused(known: Path, backstay: Run, text: Any, said: str, tmp_path: Path) -> None:
    """A file that is no baseline, or one of a format to come, is refused at its place, and never written over."""
    bad = tmp_path / "bad.json"
    if text is not None:
        bad.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = backstay("lint", *ONLY, "--baseline", "bad.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    if text is not None:
        before = bad.read_bytes()
        assert backstay("lint", *ONLY, "--write-baseline", "bad.json").exit_code == 2
        assert bad.read_bytes() == before


@pytest.mark.parametrize("text", ["policy = (\n", file("old").replace("Workloads", "Nowhere")])
def test_nothing_is_known_where_rules_did_not_run(known: Path, backstay: Run, text: str, tmp_path: Path) -> None:
    """What keeps the rules from running is never known, makes no entry idle, and leaves the baseline as it is."""
    before = (tmp_path / "base.json").read_bytes()
    (known / "acme.py").write_text(text, "utf-8")
    plain = backstay("lint")
    assert plain.exit_code in (1, 2)
    result = backstay("lint", "--write-baseline", "base.json")
    assert (result.exit_code, result.stdout) == (plain.exit_code, plain.stdout)
    assert "base.json was not written" in result.stderr
    assert (tmp_path / "base.json").read_bytes() == before
    with_it = backstay("lint", "--baseline", "base.json")
    assert (with_it.stdout, with_it.stderr) == (plain.stdout, "")


def test_line_numbers_in_messages_do_not_count(tmp_path: Path) -> None:
    """A message that names a line or a place elsewhere says the same when that moves."""
    told = ("set before in line 3, see vaults.py:13:43", "set before in line 8, see vaults.py:1:4")
    span = Span("acme.py", 1, 1, 1, 2)
    found = [named([Finding("LIF001", "x-y", "error", one, span)], lambda *_: "text", tmp_path) for one in told]
    assert found[0] == found[1]
