"""The pipeline: how far policies come, and what that exits with."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from backstay import pipeline

NOW = datetime.date(2026, 11, 22)
POLICIES = [Path("policies")]


def test_without_an_organization_file(acme: Path) -> None:
    """Policies alone are checked over an organization made of what they mention."""
    (acme / "policies" / "org.json").unlink()
    checked = pipeline.check(POLICIES, None, now=NOW)
    assert checked.org is None
    assert checked.model is not None
    assert {unit for shape in checked.model.shapes for unit in shape.units} == {"Work"}


def test_the_organization_file_beside_the_policies(acme: Path) -> None:
    """An organization file beside the policies is found, and one that is named goes before it."""
    checked = pipeline.check(POLICIES, None, now=NOW)
    assert checked.org is not None
    assert checked.model is not None
    assert len(checked.model.accounts) == 9
    other = json.loads((acme / "policies" / "org.json").read_text()) | {"id": "o-other001"}
    (acme / "other.json").write_text(json.dumps(other))
    named = pipeline.check(POLICIES, acme / "other.json", now=NOW)
    assert named.model is not None
    assert named.model.organization == "o-other001"


@pytest.mark.parametrize(
    ("file", "text", "code", "reached"),
    [
        ("base.py", "from backstay import (", 2, False),
        ("org.json", "{", 2, False),
        ("base.py", 'from backstay import Policy, ou\np = Policy("p", attach=ou("x"))\n', 1, False),
        ("base.py", 'from backstay import Policy, ou\np = Policy("p", attach=ou("Work"))\n', 0, True),
    ],
)
def test_how_far_it_comes(file: str, text: str, code: int, reached: bool, acme: Path) -> None:
    """2 where something cannot be read, 1 where it is wrong, and then there is no model and no build."""
    (acme / "policies" / file).write_text(text)
    checked = pipeline.check(POLICIES, None, now=NOW)
    assert (pipeline.exit_code(checked.findings), checked.model is not None) == (code, reached)
    if not reached:
        with pytest.raises(ValueError, match="no build"):
            list(pipeline.build(checked, packed=True))


def test_an_ambiguous_name_points_into_the_organization_file(acme: Path) -> None:
    """Where a YAML organization file has the accounts of one name, the complaint shows them."""
    org = acme / "policies" / "org.json"
    (acme / "policies" / "org.yaml").write_text(
        'id: o-acme0001\nmanagement_account: "100000000001"\nregions: [eu-west-1]\nroot:\n  accounts:\n'
        '    - {id: "100000000001", name: one}\n  units:\n    - name: Work\n      accounts:\n'
        '        - {id: "100000000002", name: twin}\n    - name: Other\n      accounts:\n'
        '        - {id: "100000000003", name: twin}\n'
    )
    org.unlink()
    (acme / "policies" / "base.py").write_text(
        'from backstay import Policy, account\np = Policy("p", attach=account("twin"))\n'
    )
    checked = pipeline.check(POLICIES, None, now=NOW)
    (found,) = [one for one in checked.findings if one.name == "ambiguous-account"]
    assert [(label.span.path, label.span.line) for label in found.others] == [
        ("policies/org.yaml", 10),
        ("policies/org.yaml", 13),
    ]
