"""Which dialect a file is in, and what people are told of files that are in none or are not what they should be."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from backstay.importer import dialects
from backstay.importer.together import together

PLAN = '{"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "v"}]}'

# File → the dialect that takes it.
KNOWN: Mapping[str, tuple[str, str]] = {
    "bare.json": (PLAN, "plan"),
    "wrapped.json": (f'{{"BackupPlan": {PLAN}}}', "plan"),
    "selection.json": ('{"SelectionName": "s", "Resources": ["*"]}', "plan"),
    "several.json": (f"[{PLAN}]", "plan"),
    "policy.json": ('{"plans": {}}', "organizations"),
    "answer.json": ('{"Policy": {"Content": "{\\"plans\\": {}}"}}', "organizations"),
    "placeholder.json": ('{"plans": {"p": {"regions": {"@@assign": ${Regions}}}}}', "organizations"),
    "dump.json": ('{"format": 1, "accounts": {}}', "live"),
    "global-config.yaml": ("homeRegion: {{ Home }}\nbackup:\n  vaults: []\n", "lza"),
    "organization-config.yaml": ("backupPolicies: []\n", "lza"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_recognised(name: str) -> None:
    """The first dialect of the table that knows a file is the one that it is in."""
    text, wanted = KNOWN[name]
    own = [one for one in dialects.DIALECTS if one.name not in ("cloudformation", "terraform")]
    assert next(one.name for one in own if one.recognises(name, text.encode())) == wanted


# A file's text → the finding, its line, and a word of what is said.
WRONG: Mapping[str, tuple[str, str, int, str]] = {
    "Jinja": ('{\n "BackupPlanName": {{ name }}\n}', "unrendered-template", 2, "Jinja"),
    "Jinja in text": (PLAN.replace('"p"', '"{{ name }}"'), "unrendered-template", 1, "{{ name }}"),
    "Terraform's template": ('{\n "BackupPlanName": ${name}\n}', "unrendered-template", 2, "${…}"),
    "ERB": ('{\n "BackupPlanName": <%= name %>\n}', "unrendered-template", 2, "ERB"),
    "a comma too many": ('{\n "BackupPlanName": "p",\n}', "unreadable-source", 2, "`,`"),
    "a comma too few": ('{\n "a": 1\n "b": 2\n}', "unreadable-source", 2, "`,` or the closing"),
    "a comment": ('{\n // my plan\n "a": 1}', "unreadable-source", 2, "no comments"),
    "cut off": ('{"BackupPlan": {"Rules": [', "unreadable-source", 1, "ends"),
    "single quotes": ("{'a': 1}", "unreadable-source", 1, "double quotes"),
    "twice": (PLAN.replace('"Rules"', '"BackupPlanName": "q",\n"Rules"'), "repeated-member", 1, "second time"),
    "snake case": (PLAN.replace("RuleName", "rule_name"), "wrong-dialect-member", 1, "RuleName"),
    "camel case": (PLAN.replace("RuleName", "ruleName"), "wrong-dialect-member", 1, "RuleName"),
    "no such member": (PLAN.replace('"v"', '"v", "Retention": 3'), "unknown-member", 1, "Retention"),
    "no name": (PLAN.replace('"RuleName": "r", ', ""), "missing-member", 1, "RuleName"),
    "a wrong kind": (PLAN.replace('"v"', '["v"]'), "wrong-value", 1, "is text"),
    "a number in quotes": (PLAN.replace('"v"', '"v", "StartWindowMinutes": "60"'), "wrong-value", 1, "quotes"),
    "something else": ('{"hello": "world"}', "unrecognised-source", 1, "nothing here"),
    "nothing": ("", "unreadable-source", 1, "ends"),
}


@pytest.mark.parametrize("name", WRONG)
def test_told(name: str, tmp_path: Path) -> None:
    """A file that cannot be taken as it is gets one complaint where it went wrong, in words that help."""
    text, finding, line, said = WRONG[name]
    path = tmp_path / "source.json"
    path.write_text(text)
    found = dialects.read_all(
        [path], "plan" if text.startswith('{"Backup') and finding != "unreadable-source" else None
    )
    first = next(one for one in found[0].findings if one.name == finding)
    assert said in first.message
    assert first.span is not None
    assert first.span.line in (line, line + 1)


def test_unrecognised_names_what_was_looked_for(tmp_path: Path) -> None:
    """A file that fits no dialect is told what each is recognised by."""
    (tmp_path / "x.json").write_text('{"hello": 1}')
    finding = dialects.read_all([tmp_path / "x.json"])[0].findings[0]
    assert len(finding.notes) == len(dialects.DIALECTS)


def test_unreadable_files(tmp_path: Path) -> None:
    """Files that are not there or are not text are complaints, not exceptions; UTF-16 of PowerShell is text."""
    (tmp_path / "latin.json").write_bytes('{"BackupPlanName": "ü"}'.encode("latin-1"))
    (tmp_path / "wide.json").write_bytes(PLAN.encode("utf-16"))
    missing, latin, wide = dialects.read_all(tmp_path / name for name in ("none.json", "latin.json", "wide.json"))
    assert missing.findings[0].message == "there is no such file"
    assert "UTF-8" in latin.findings[0].message
    assert [one.name for one in wide.found] == ["p"]


def test_a_folder_of_files(tmp_path: Path) -> None:
    """In a folder every file of some dialect is read, the others are passed over."""
    (tmp_path / "plan.json").write_text(PLAN)
    (tmp_path / "readme.md").write_text("hello")
    (tmp_path / "below").mkdir()
    (tmp_path / "below/policy.json").write_text('{"plans": {}}')
    readings = dialects.read_all([tmp_path])
    assert sum(len(reading.found) for reading in readings) == 1
    assert not [finding for reading in readings for finding in reading.findings]


def test_a_folder_with_a_broken_file(tmp_path: Path) -> None:
    """A file of a folder that looks like one of ours and cannot be read is passed over, and that is told."""
    (tmp_path / "plan.json").write_text(PLAN)
    (tmp_path / "broken.json").write_text(PLAN[:-3])
    (tmp_path / "chart.yaml").write_text("a: {{ .Values.a }}\n")
    readings = dialects.read_all([tmp_path])
    assert sum(len(reading.found) for reading in readings) == 1
    findings = [finding for reading in readings for finding in reading.findings]
    assert [(one.name, one.severity, one.span and Path(one.span.path).name) for one in findings] == [
        ("unreadable-source", "warning", "broken.json")
    ]
    (tmp_path / "plan.json").unlink()
    findings = [finding for reading in dialects.read_all([tmp_path]) for finding in reading.findings]
    assert [one.severity for one in findings] == ["warning", "error"]


@pytest.mark.parametrize("name", dialects.NAMES)
def test_a_file_of_another_dialect(name: str, tmp_path: Path) -> None:
    """A file that is said to be of a dialect, and holds nothing of it, is not silently nothing."""
    (tmp_path / "x.json").write_text('{"hello": 1}')
    (reading,) = dialects.read_all([tmp_path / "x.json"], name)
    assert not reading.found
    assert reading.findings


def test_parts_of_what_is_dropped(tmp_path: Path) -> None:
    """Of two plans of one name the first is taken with its own selections, not with those of the other."""
    for number in (1, 2):
        chosen = {"SelectionName": f"s{number}", "Resources": ["*"], "IamRoleArn": "arn:aws:iam::100000000010:role/x"}
        plan = {"BackupPlanName": "p", "Rules": [{"RuleName": f"r{number}", "TargetBackupVaultName": "v"}]}
        parts = [
            {"BackupPlanId": f"i{number}", "BackupPlan": plan},
            {"BackupPlanId": f"i{number}", "BackupSelection": chosen},
        ]
        (tmp_path / f"{number}.json").write_text(json.dumps(parts))
    reading = together(dialects.read_all([tmp_path / "1.json", tmp_path / "2.json"]))
    assert [(one.kind, one.name) for one in reading.found] == [("plan", "p"), ("selection", "s1")]
    assert [one.name for one in reading.findings] == ["conflicting-sources"]


def test_what_is_no_ordinary_file(tmp_path: Path) -> None:
    """A pipe or a device is no configuration: it is told at once, instead of waited for."""
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", Path("/dev/zero")):
        (reading,) = dialects.read_all([path])
        assert [(one.name, one.message) for one in reading.findings] == [
            ("unreadable-source", "it is no ordinary file")
        ]
