"""How selections ask for tags, in each dialect: what AWS refuses of it, and what nothing is found by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backstay.importer import dialects
from backstay.importer.found import Reading
from backstay.importer.gather import gather

ROLE = "arn:aws:iam::100000000010:role/b"
CLOUDFORMATION = """\
Resources:
  S:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: x
      BackupSelection:
        SelectionName: s
        IamRoleArn: arn:aws:iam::100000000010:role/b
        ListOfTags:
          - ConditionType: %s
            ConditionKey: a
            ConditionValue: b
        Conditions:
          StringEquals:
            - ConditionKey: %s
              ConditionValue: d
"""
TERRAFORM = """\
resource "aws_backup_selection" "s" {
  name         = "s"
  plan_id      = "x"
  iam_role_arn = "arn:aws:iam::100000000010:role/b"
  selection_tag {
    type  = "%s"
    key   = "a"
    value = "b"
  }
  condition {
    string_equals {
      key   = "%s"
      value = "d"
    }
  }
}
"""
PLAN = """\
{"BackupSelection": {"SelectionName": "s", "IamRoleArn": "arn:aws:iam::100000000010:role/b",
 "ListOfTags": [
  {"ConditionType": "%s",
   "ConditionKey": "a", "ConditionValue": "b"}],
 "Conditions": {"StringEquals": [
  {"ConditionKey": "%s",
   "ConditionValue": "d"}]}}}
"""
FORMS = {
    # dialect → file, text, lines of the type and of the key
    "cloudformation": ("t.yaml", CLOUDFORMATION, 10, 15),
    "terraform": ("m.tf", TERRAFORM, 6, 12),
    "plan": ("s.json", PLAN, 3, 6),
}


def read(folder: Path, form: str, kind: str, key: str) -> Reading:
    """The reading of a selection in a dialect."""
    name, text, *_ = FORMS[form]
    (folder / name).write_text(text % (kind, key))
    (reading,) = dialects.read_all([folder / name])
    return reading


def told(reading: Reading) -> list[tuple[str, int]]:
    """Severity and line of what is told of values."""
    return [(one.severity, one.span.line) for one in reading.findings if one.name == "wrong-value" and one.span]


@pytest.mark.parametrize("form", FORMS)
def test_told_at_its_line(form: str, tmp_path: Path) -> None:
    """A type that AWS refuses is an error; a key of a condition without its prefix a warning: it matches nothing."""
    *_, type_, key = FORMS[form]
    assert told(read(tmp_path, form, "STRINGLIKE", "aws:ResourceTag/c")) == [("error", type_)]
    assert told(read(tmp_path, form, "STRINGEQUALS", "c")) == [("warning", key)]
    assert not told(read(tmp_path, form, "STRINGEQUALS", "aws:ResourceTag/c"))
    assert not told(read(tmp_path, form, "StringEquals", "aws:ResourceTag/c"))  # as the developer guide spells it


@pytest.mark.parametrize("form", FORMS)
def test_a_test_of_another_type_selects_nothing(form: str, tmp_path: Path) -> None:
    """No policy is made of a selection that AWS refuses: read as equality, it would take what it must not."""
    gathered = gather([read(tmp_path, form, "STRINGNOTEQUALS", "aws:ResourceTag/c")])
    assert "selection" not in [one.kind for one in gathered.found]
    assert any("STRINGNOTEQUALS" in one.message and "left out" in one.message for one in gathered.findings)


def test_backup_policies_are_spelt_otherwise(tmp_path: Path) -> None:
    """Organizations has no type, and the prefix of its keys is added to them: nothing is told of either."""
    tags = {
        "iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/b"},
        "tag_key": {"@@assign": "a"},
        "tag_value": {"@@assign": ["b"]},
        "conditions": {
            "string_equals": {"e": {"condition_key": {"@@assign": "env"}, "condition_value": {"@@assign": "prod"}}}
        },
    }
    rule = {"target_backup_vault_name": {"@@assign": "v1"}}
    plan = {"regions": {"@@assign": ["eu-west-1"]}, "rules": {"r": rule}, "selections": {"tags": {"s": tags}}}
    (tmp_path / "p.json").write_text(json.dumps({"plans": {"p": plan}}))
    (reading,) = dialects.read_all([tmp_path / "p.json"])
    assert [one.kind for one in reading.found] == ["plan", "selection"]
    assert not told(reading)
