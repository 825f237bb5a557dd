"""What the tests of proofs share: a model of policies, compiled in memory."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from backstay import ir, pipeline

ORG = """\
id: o-acme0001
management_account: "100000000001"
backup_account: "100000000002"
regions: [eu-central-1, eu-west-1]
root:
  accounts:
    - {id: "100000000001", name: management}
    - {id: "100000000002", name: central}
  units:
    - name: Prod
      accounts:
        - {id: "100000000010", name: shop}
        - {id: "100000000011", name: ledger, tags: {env: prod}}
"""
WORDS = """\
from backstay import (
    Copy, Lock, Plan, Policy, Require, Rule, Select, Vault,
    account_tag, daily, days, hours, minutes, ou, root, tag,
)
"""
NOW = datetime.date(2026, 11, 22)


@pytest.fixture
def model(tmp_path: Path) -> Callable[[str], ir.Model]:
    """Compiles the text of a policy file for a small organization."""

    def make(text: str) -> ir.Model:
        (tmp_path / "org.yaml").write_text(ORG)
        (tmp_path / "policy.py").write_text(WORDS + text)
        checked = pipeline.check([tmp_path], None, now=NOW, lint=False)
        assert checked.model is not None, [finding.message for finding in checked.findings]
        return checked.model

    return make
