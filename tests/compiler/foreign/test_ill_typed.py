"""Bodies that hold what AWS would never take: text for numbers, a number for a list, null, anything."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstay import survey
from backstay.importer.found import Reading
from backstay_contract.findings import Finding

JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**400),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["cron(", "cron(0 0 ? * * *)", "rate(1 day)", "arn:aws:", "arn:aws:backup:::", "*"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
NOW = datetime.date(2026, 11, 22)
FORMS = ("cloudformation", "terraform", "organizations", "plan")


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_never_raises(
    form: str,
    data: st.DataObject,
    twins: Callable[[str], list[Reading]],
    judge: Callable[[Reading], tuple[Finding, ...]],
    changed: Callable[..., Reading],
    spots: Callable[[Reading], Any],
) -> None:
    """Whatever stands in a body, lint gives findings and raises nothing."""
    reading = data.draw(st.sampled_from(twins(form)))
    number, at = data.draw(st.sampled_from(list(spots(reading))))
    judge(changed(reading, number, at, data.draw(JUNK)))


KEPT = {
    "t.yaml": """\
Resources:
  P:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: p
        BackupPlanRule:
          - RuleName: r
            TargetBackupVault: acme
            Lifecycle: {DeleteAfterDays: "%s"}
""",
    "m.tf": """\
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = "acme"
    lifecycle {
      delete_after = "%s"
    }
  }
}
""",
    "p.json": '{"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "acme",\n'
    ' "Lifecycle": {"DeleteAfterDays": "%s"}}]}',
    "o.json": '{"plans": {"p": {"regions": {"@@assign": ["eu-west-1"]}, "rules": {"r": {\n'
    ' "target_backup_vault_name": {"@@assign": "acme"},\n "lifecycle": {"delete_after_days": {"@@assign": "%s"}}}},\n'
    ' "selections": {"tags": {"s": {"iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/b"},\n'
    ' "tag_key": {"@@assign": "a"}, "tag_value": {"@@assign": ["b"]}}}}}}}',
}


@pytest.mark.parametrize("name", KEPT)
def test_nothing_is_said_of_what_is_no_number(name: str, tmp_path: Path) -> None:
    """A retention that is no number is told once; that points are kept for ever, or how long, nobody can know."""
    (tmp_path / name).write_text(KEPT[name] % "abc")
    names = [one.name for one in survey.survey([tmp_path / name], now=NOW).findings]
    assert names.count("wrong-value") == 1
    assert "kept-forever" not in names


def test_zero_days_are_none_to_the_provider(tmp_path: Path) -> None:
    """In Terraform 0 days are as if nothing were said: points are kept for ever, and nothing else is wrong with it."""
    (tmp_path / "m.tf").write_text(KEPT["m.tf"] % "0")
    findings = survey.survey([tmp_path / "m.tf"], now=NOW).findings
    assert [one.name for one in findings if one.severity != "advice" and one.code.startswith("LIF")] == ["kept-forever"]
