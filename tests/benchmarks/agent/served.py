"""An embedded AWS with an organization to which a build was applied, served over HTTP until standard input ends.

`served.py ACCOUNTS` compiles, seeds, fills every place, and prints one line of JSON: endpoint, keys, build, seconds.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from backstay.cli.compile import compile as compile_command
from backstay_agent.observed import Observed, Place
from backstay_agent.planner import plan_changes
from backstay_agent.read_build import read_build
from backstay_agent.wanted import Wanted
from backstay_contract.canonical import compact
from backstay_contract.plan import (
    Action,
    CreatePlan,
    CreateSelection,
    CreateVault,
    PutVaultLock,
    PutVaultNotifications,
    PutVaultPolicy,
    Scope,
)
from backstay_local.app import LocalAws

REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "ap-southeast-2"]
MANAGEMENT, CENTRAL = "100000000001", "100000000002"
POLICY = '''"""A vault near the data and one in an account of its own, two tiers."""

from backstay import Access, Copy, Lock, Notify, Plan, Policy, Rule, Select, Settings, Vault
from backstay import daily, days, hours, ou, tag

keep_out = Access.deny_deletes(except_=["arn:aws:iam::*:role/emergency"])
central = Vault("central", account="central", region="eu-central-1", key="alias/backup",
                lock=Lock.governance(min=days(7), max=days(400)),
                access=Access.allow_copies_from(organization=True) + keep_out)
primary = Vault("primary", key="alias/backup", lock=Lock.governance(min=days(7), max=days(400)), access=keep_out,
                notify=Notify("alarms", on=["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"]))


def plan(name, keep):
    night = Rule("daily", at=daily("03:00", tz="UTC"), into=primary, keep=days(keep), start_within=hours(2),
                 copies=[Copy(to=central, keep=days(keep))])
    return Plan(name, rules=[night], select=[Select(f"tier-{name}", where=tag("tier") == name)], tags={"tier": name})


base = Policy("base", attach=ou("Prod"), plans=[plan("gold", 35), plan("silver", 14)], vaults=[primary, central],
              settings=Settings(cross_account_copies=True))
'''
_ROLE, _SERVICE = "backstay-agent", "AWSBackupDefaultServiceRole"
SETUP = {
    "roles": [
        {"name": _ROLE, "accounts": "all", "trust": MANAGEMENT},
        {"name": _SERVICE, "path": "/service-role/", "accounts": "all", "trust": "backup.amazonaws.com"},
    ],
    "keys": [{"alias": "alias/backup", "accounts": "all", "regions": REGIONS}],
    "topics": [{"name": "alarms", "accounts": "all", "regions": REGIONS}],
}


def organization(accounts: int) -> dict[str, Any]:
    """So many accounts in one unit, beside the management account and the central one."""
    members = [{"id": f"{200000000000 + number}", "name": f"prod-{number}"} for number in range(accounts)]
    first = [{"id": MANAGEMENT, "name": "management"}, {"id": CENTRAL, "name": "central"}]
    root = {"accounts": first, "units": [{"name": "Prod", "accounts": members}]}
    return {"id": "o-acme0001", "management_account": MANAGEMENT, "regions": REGIONS, "root": root}


def fill(local: LocalAws, build: Path) -> None:
    """Do, without the agent's hand, what an apply to empty accounts would do."""
    loaded = read_build(build)
    scope = Scope(folder=str(build))
    named = [(account, region) for account, it in loaded.index.accounts.items() for region in it.regions]
    now = datetime.now(UTC)
    for account, region in named:
        keys = dict(_keys(local, account, region, loaded.wanted(account, region)))
        empty = Observed(now, {(account, region): Place(account, region, keys=keys)})
        made: dict[str, str] = {}
        backup = local.client("backup", account, region)
        for action in plan_changes(loaded, empty, scope).actions:
            _do(backup, action, made)
    settings = {"isCrossAccountBackupEnabled": "true"}
    local.client("backup", MANAGEMENT, REGIONS[0]).update_global_settings(GlobalSettings=settings)


def _keys(local: LocalAws, account: str, region: str, wanted: Wanted) -> Iterator[tuple[str, str]]:
    for reference in {reference for reference, _ in wanted.key_references()}:
        found = local.client("kms", account, region).describe_key(KeyId=reference)
        yield reference, found["KeyMetadata"]["Arn"]


def _do(backup: Any, action: Action, made: dict[str, str]) -> None:
    vault = {"BackupVaultName": action.name}
    match action:
        case CreateVault():
            body = {"BackupVaultTags": action.tags, "CreatorRequestId": action.token, "EncryptionKeyArn": action.key}
            backup.create_backup_vault(**vault, **body)
        case PutVaultLock():
            backup.put_backup_vault_lock_configuration(**vault, **action.after)
        case PutVaultPolicy():
            backup.put_backup_vault_access_policy(**vault, Policy=compact(action.after).decode())
        case PutVaultNotifications():
            backup.put_backup_vault_notifications(**vault, **action.after)
        case CreatePlan():
            body = {"BackupPlan": action.after, "BackupPlanTags": action.tags, "CreatorRequestId": action.token}
            made[action.name] = backup.create_backup_plan(**body)["BackupPlanId"]
        case CreateSelection():
            body = {"BackupSelection": action.after, "CreatorRequestId": action.token}
            backup.create_backup_selection(BackupPlanId=made[action.plan], **body)
        case _:
            raise SystemExit(f"the build was to need no {action.kind}")


def main(accounts: int) -> None:
    """Prepare, say so, and serve until nobody listens any more."""
    began, folder = time.perf_counter(), Path.cwd()
    (folder / "policies").mkdir()
    (folder / "policies" / "base.py").write_text(POLICY)
    org = json.dumps(organization(accounts))
    (folder / "org.json").write_text(org)
    words = [str(folder / "policies"), "--org", str(folder / "org.json"), "-o", str(folder / "build"), "--packed"]
    compiled = CliRunner().invoke(compile_command, words)
    if compiled.exit_code:
        raise SystemExit(compiled.output)
    with LocalAws(folder / "data") as local:
        local.seed_texts([("org.yaml", org), ("setup.yaml", json.dumps(SETUP))])
        fill(local, folder / "build")
        with local.serve() as url:
            told = {
                "url": url,
                "keys": [local.access_key, local.secret_key],
                "build": str(folder / "build"),
                "seconds": time.perf_counter() - began,
            }
            print(json.dumps(told), flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
