"""Ten thousand accounts, three in a hundred of which refuse, a Region that is down: the rest is read, all is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backstay_agent.cli.plan import plan
from backstay_contract.canonical import digest, pretty
from backstay_local.app import LocalAws
from backstay_local.transport import everywhere

ACCOUNTS = 10_000
MANAGEMENT = "100000000001"
UP, DOWN = "eu-central-1", "eu-west-3"
MEMBERS = tuple(f"{200000000000 + number}" for number in range(ACCOUNTS))
REFUSING = frozenset(MEMBERS[3::33])


def organization() -> str:
    """The organization file."""
    units = [{"name": "Workloads", "accounts": [{"id": one, "name": f"a{one}"} for one in MEMBERS]}]
    root = {"accounts": [{"id": MANAGEMENT, "name": "acme-management"}], "units": units}
    return json.dumps({"id": "o-acme0001", "management_account": MANAGEMENT, "regions": [UP, DOWN], "root": root})


def roles() -> str:
    """The agent's role, in every account but those that refuse."""
    entered = [account for account in MEMBERS if account not in REFUSING]
    return json.dumps({"roles": [{"name": "backstay-agent", "accounts": entered, "trust": MANAGEMENT}]})


def write(folder: Path, builds: Any) -> Path:
    """A build that wants a vault in both Regions of every account."""

    def only_a_vault(shape: dict[str, Any]) -> None:
        for noun in ("plans", "selections", "vault_locks", "vault_access_policies", "vault_notifications"):
            del shape[noun]

    builds.write(folder, only_a_vault, accounts=MEMBERS)
    index = json.loads((folder / "index.json").read_text())
    [path] = (folder / "shapes").glob("*.json")
    elsewhere = json.loads(path.read_text()) | {"region": DOWN}
    name = digest(elsewhere)
    (folder / "shapes" / f"{name}.json").write_bytes(pretty(elsewhere))
    for account in index["accounts"].values():
        account["regions"][DOWN] = name
    (folder / "index.json").write_bytes(pretty(index))
    return folder


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """That organization, reached by every session of this process, and one of its Regions down."""
    with LocalAws() as local:
        local.seed_texts([("org.yaml", organization()), ("setup.yaml", roles())])
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", local.access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local.secret_key)
        monkeypatch.setenv("AWS_DEFAULT_REGION", UP)
        local.faults.add("unreachable", "*", region=DOWN)
        with everywhere(local):
            yield local


@pytest.mark.long
def test_the_rest_is_read_and_all_that_failed_is_named(outage: LocalAws, builds: Any, tmp_path: Path) -> None:
    """Exit 3, a plan for every account that could be read, and a reason for every other one."""
    assert outage.faults.list()
    build = write(tmp_path / "build", builds)
    told = CliRunner().invoke(plan, [str(build), "--check", "-o", str(tmp_path / "plan.json")])
    assert told.exit_code == 3, told.output[-2000:]
    document = json.loads((tmp_path / "plan.json").read_text())
    acted = {(action["account"], action["region"]) for action in document["actions"]}
    assert acted == {(account, UP) for account in MEMBERS if account not in REFUSING}
    unread = {(it["account"], it["region"]): it["error"] for it in document["unreadable"] if it["named"]}
    refused = {account for account, region in unread if region is None}
    assert refused == REFUSING
    assert all("AccessDenied" in unread[account, None] for account in refused)
    assert {account for account, region in unread if region == DOWN} == set(MEMBERS) - REFUSING
