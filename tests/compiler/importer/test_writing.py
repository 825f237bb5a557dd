"""The written source: words where they mean exactly the same, and a layout that the formatter leaves alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay import dsl
from backstay.importer.found import Found, Reading, Scope, Unknown
from backstay.importer.write.code import Atom, Call, Code, Joined, flat, layout, quoted
from backstay.importer.write.durations import days, minutes
from backstay.importer.write.names import Names, identifier
from backstay.importer.write.schedules import schedule
from backstay.importer.write.source import write
from backstay_contract.findings import Span

HERE = Span("source.json", 1, 1, 1, 2)


@pytest.mark.parametrize(
    ("expression", "zone", "source"),
    [
        ("cron(0 3 ? * * *)", "UTC", 'daily("03:00")'),
        ("cron(30 23 ? * * *)", "Europe/Berlin", 'daily("23:30", tz="Europe/Berlin")'),
        ("cron(0 3 ? * SUN *)", None, 'weekly("sun", "03:00")'),
        ("cron(0 3 ? * 1 *)", None, 'cron("0 3 ? * 1 *")'),
        ("cron(0 7 1 * ? *)", None, 'monthly(1, "07:00")'),
        ("cron(0 7 L * ? *)", None, 'monthly("last", "07:00")'),
        ("cron(0 7 1 JAN ? *)", None, 'yearly("jan", 1, "07:00")'),
        ("cron(0 * ? * * *)", None, "hourly()"),
        ("cron(15 0/4 ? * * *)", None, "hourly(15, every=4)"),
        ("cron(0 0/5 ? * * *)", None, 'cron("0 0/5 ? * * *")'),
        ("cron(0 3 * * ? *)", None, 'cron("0 3 * * ? *")'),
        ("cron(00 03 ? * * *)", None, 'cron("00 03 ? * * *")'),
        ("rate(1 day)", None, 'cron("rate(1 day)")'),
    ],
)
def test_schedules(expression: str, zone: str | None, source: str) -> None:
    """A schedule is in words only where the words compile to exactly its text."""
    assert flat(schedule(expression, zone)) == source
    made = eval(source, vars(dsl).copy())
    assert (made.expression, made.tz) == (expression, zone or "UTC")


@given(st.integers(0, 40_000))
def test_durations(count: int) -> None:
    """Whatever a number of days or minutes is written as, it is that number again."""
    assert eval(flat(days(count)), vars(dsl).copy()).count == count
    assert eval(flat(minutes(count)), vars(dsl).copy()).count == count


def test_years_only_where_exact() -> None:
    """365 and 730 days are no years; 366 and 2557 are."""
    said = [flat(days(count)) for count in (365, 366, 730, 731, 2557, 2555)]
    assert said == ["days(365)", "years(1)", "days(730)", "years(2)", "years(7)", "days(2555)"]


@given(st.text())
def test_text_is_itself(text: str) -> None:
    """Any text of a source is the same text in the policy, and stays on its line."""
    source = quoted(text)
    assert ast.literal_eval(source) == text
    assert len(source.splitlines()) == 1


@given(st.lists(st.text(max_size=20)))
def test_names_are_names(texts: list[str]) -> None:
    """Every variable is a legal name of Python, no word of the language, and nobody else's."""
    names = Names()
    given_out = [names.give(text, "plan") for text in texts]
    assert all(name.isidentifier() for name in given_out)
    assert len(set(given_out)) == len(given_out)
    assert not set(given_out) & set(dsl.VOCABULARY)
    assert identifier("PII-Backup Plan") == "pii_backup_plan"


ATOMS = st.integers(0, 10**9).map(lambda number: Atom(f"x{number}"))


def _calls(inner: st.SearchStrategy[Code]) -> st.SearchStrategy[Code]:
    arguments = st.lists(inner, max_size=5)
    called = arguments.map(lambda parts: Call("call(", tuple(("", part) for part in parts), ")"))
    listed = arguments.map(lambda parts: Call("[", tuple(("", part) for part in parts), "]"))
    joined = st.lists(inner, min_size=2, max_size=4).map(lambda parts: Joined("|", tuple(parts), grouped=True))
    return st.one_of(called, listed, joined)


@given(st.recursive(ATOMS, _calls, max_leaves=30))
def test_layout_changes_nothing(code: Code) -> None:
    """On one line or on many, the source means the same, and nothing that can be broken is too long."""
    lines = layout(code, before="name = ")
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(f"name = {flat(code)}"))
    assert all(len(line) <= 120 for line in lines)


def found(**rule: Any) -> Reading:
    """A plan with one rule, in an account and Region."""
    body = {
        "BackupPlan": {"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "main", **rule}]}
    }
    return Reading((Found("plan", "p", body, HERE, ("a note",), Scope(target='ou("Workloads")')),))


def test_a_whole_file(tmp_path: Path) -> None:
    """The file names its sources, imports what it uses, tells notes, and the formatter has nothing to change."""
    condition = [{"ConditionKey": f"aws:ResourceTag/key-{number}", "ConditionValue": "v" * 20} for number in range(5)]
    selection = {"SelectionName": "s", "IamRoleArn": "arn:aws:iam::$account:role/x/Role", "Resources": ["*"],
                 "Conditions": {"StringLike": condition}}  # fmt: skip
    whole = Found("selection", "s", {"BackupPlanName": "p", "BackupSelection": selection}, HERE)
    reading = found(
        ScheduleExpression=Unknown("var.when", "no value is given", "when"),
        Lifecycle={"DeleteAfterDays": Unknown("var.keep", "no value is given", "keep")},
        RecoveryPointTags={f"tag-{number}": "value" * 4 for number in range(6)},
    )
    where = reading.found[0].where
    both = (*reading.found, Found(whole.kind, whole.name, whole.body, HERE, (), where))
    written = write(Reading(both), ["main.json"])
    assert written.stood_in == ("when",)
    assert 'at=param("when", daily("05:00"))' in written.source
    assert written.source.startswith(
        '"""Imported from main.json."""\n\nfrom backstay import Plan, Policy, Rule, Select, '
    )
    assert "# a note\n" in written.source
    assert "# left out: `keep`; could not be decided: var.keep (no value is given)\n" in written.source
    path = tmp_path / "policy.py"
    path.write_text(written.source)
    ruff = [sys.executable, "-m", "ruff", "format", "--line-length", "120", "--isolated", "--check", str(path)]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stderr, written.source)


def test_a_default_is_taken() -> None:
    """A value that is open but has a default in its source is that default, and the comment says so."""
    keep = Unknown("var.keep", "no value is given", "keep", 35)
    source = write(found(Lifecycle={"DeleteAfterDays": keep}), ["a"]).source
    assert "keep=days(35)" in source
    assert "its default is taken" in source


def test_hostile_text() -> None:
    """Names and notes of a source are text in the policy, whatever they hold, never code."""
    evil = 'x"""\nimport os\n# \u2028'
    body = {"BackupPlan": {"BackupPlanName": evil, "Rules": []}}
    source = write(Reading((Found("plan", evil, body, HERE, (evil,)),)), [evil]).source
    tree = ast.parse(source)
    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))
    assert any(isinstance(node, ast.Constant) and node.value == evil for node in ast.walk(tree))
