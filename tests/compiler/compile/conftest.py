"""Organizations and policies on disk, and the command run over them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

Run = Callable[..., Result]

POLICY = """from backstay import Lock, Plan, Policy, Rule, Select, Vault, daily, days, ou, tag, years

primary = Vault("primary", key="alias/backup", lock=Lock.governance(min=days(7), max=years(8)))


def plan(name, keep):
    rule = Rule("daily", at=daily("03:00", tz="UTC"), into=primary, keep=days(keep))
    return Plan(name, rules=[rule], select=[Select(name, where=tag("backup") == name)])


names = ["gold", "silver", "bronze", "tin", "lead", "clay"]
policy = Policy("base", attach=ou("Work"), plans=[plan(name, 35) for name in names], vaults=[primary])
"""


def organization(count: int, regions: tuple[str, ...] = ("eu-central-1", "eu-west-1")) -> dict[str, Any]:
    """An organization with `count` accounts in four units, every tenth with fewer Regions."""
    accounts: list[dict[str, Any]] = [
        {"id": f"{200000000000 + n}", "name": f"account-{n}", "tags": {"team": f"t{n % 7}"}} for n in range(count)
    ]
    for account in accounts[::10]:
        account["regions"] = list(regions[:1])
    units = [{"name": name, "accounts": accounts[start::4]} for start, name in enumerate(("A", "B", "C", "D"))]
    root = {"accounts": [{"id": "100000000001", "name": "management"}], "units": [{"name": "Work", "units": units}]}
    return {"id": "o-acme0001", "management_account": "100000000001", "regions": list(regions), "root": root}


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with `policies/` and an organization of eight accounts."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "base.py").write_text(POLICY)
    (tmp_path / "policies" / "org.json").write_text(json.dumps(organization(8)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def large(acme: Path) -> Path:
    """The same with 2,000 accounts in four Regions."""
    regions = ("eu-central-1", "eu-west-1", "us-east-1", "ap-southeast-2")
    (acme / "policies" / "org.json").write_text(json.dumps(organization(2000, regions)))
    return acme


@pytest.fixture
def run() -> Run:
    """`backstay compile`, as from a shell."""
    from backstay.cli.compile import compile as command

    return lambda *words: CliRunner().invoke(command, [*words, "--now", "2026-11-22"])
