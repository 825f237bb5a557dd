"""A build in memory, from policy text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

POLICY = '''"""Backups."""

from backstay import (
    Access, Copy, Lock, Notify, Plan, Policy, Rule, Select, Settings, Vault, days, ou, root, tag, daily, account,
)

dr = Vault("dr", account="central", region="eu-west-1", access=Access.allow_copies_from(organization=True))
primary = Vault("primary", key="alias/k", lock=Lock.governance(min=days(7)), notify=Notify("t", on=["COPY_JOB_FAILED"]))
gold = Plan(
    "gold",
    rules=[Rule("daily", at=daily("03:00", tz="Europe/Berlin"), into=primary, keep=days(35), copies=[Copy(to=dr)])],
    select=[Select("gold", where=(tag("backup") == "gold") & ~tag("env").like("tmp*"))],
    tags={"a/b": "c~d"},
)
base = Policy("base", attach=ou("Work"), plans=[gold], vaults=[primary, dr], settings=Settings(opt_in={"RDS": True}))
own = Policy("own", attach=account("two"), extends="base", plans=[Plan("gold", rules=[Rule("daily", keep=days(40))])])
'''

ORGANIZATION = {
    "id": "o-acme0001",
    "management_account": "100000000001",
    "regions": ["eu-central-1", "eu-west-1"],
    "root": {
        "accounts": [{"id": "100000000001", "name": "management"}, {"id": "100000000002", "name": "central"}],
        "units": [
            {
                "name": "Work",
                "accounts": [{"id": f"10000000001{n}", "name": name} for n, name in enumerate(("one", "two", "three"))],
            }
        ],
    },
}


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A folder with policies and an organization file."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "acme.py").write_text(POLICY)
    (tmp_path / "org.json").write_text(json.dumps(ORGANIZATION))
    return tmp_path


@pytest.fixture
def emitted() -> Callable[..., dict[str, bytes]]:
    """The files of the build of a folder."""
    from backstay import load, org, resolve
    from backstay.emit import accounts

    def build(folder: Path, *, packed: bool = False) -> dict[str, bytes]:
        loaded = load.load([folder / "policies"])
        organization = org.read(folder / "org.json").organization
        assert organization is not None
        result = resolve.resolve(loaded, organization)
        assert result.model is not None, result.findings
        return dict(accounts.emit(result.model, loaded.root, packed=packed))

    return build
