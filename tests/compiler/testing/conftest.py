"""What the tests of tests share: reference policies, and any others, compiled once."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from backstay.testing import Org, load_org

REFERENCE = Path(__file__).parents[3] / "policies" / "reference"
NOW = datetime.date(2026, 11, 29)
Load = Callable[[str], Org]

ORG = """\
id: o-acme0001
management_account: "100000000001"
backup_account: "100000000002"
regions: [eu-central-1]
root:
  accounts: [{id: "100000000001", name: management}, {id: "100000000002", name: central}]
  units:
    - name: Prod
      accounts: [{id: "100000000010", name: shop}, {id: "100000000011", name: ledger}]
"""


@cache
def _reference(name: str) -> Org:
    return load_org(REFERENCE / name, now=NOW)


@pytest.fixture(scope="session")
def reference() -> Load:
    """Reference policies by name."""
    return _reference


@pytest.fixture
def written(tmp_path: Path) -> Load:
    """Policies in an organization of four accounts, two of them in the unit Prod."""

    def load(text: str) -> Org:
        (tmp_path / "policies").mkdir()
        (tmp_path / "org.yaml").write_text(ORG)
        (tmp_path / "policies" / "all.py").write_text(text)
        return load_org(tmp_path / "policies", now=NOW)

    return load
