"""Preflight: what is known to be missing holds its place back, what is open is only told, and nothing else is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backstay_agent.observed import Around, Key, Observed, Readiness, Vault
from backstay_agent.planner import plan_changes
from backstay_contract.plan import Prerequisite, Scope

CENTRAL, PAYMENTS, REGION = "100000000002", "100000000010", "eu-central-1"
ROLE = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"
KEY = "arn:aws:kms:eu-central-1:100000000010:alias/acme"
FAR = f"arn:aws:backup:{REGION}:{CENTRAL}:backup-vault:primary"
ON = {"isCrossAccountBackupEnabled": "true"}


def trust(service: str, **condition: Any) -> dict[str, Any]:
    """A trust policy."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}


def lacking(build: Any, observed: Observed) -> list[Prerequisite]:
    """What preflight says of the account of the tests."""
    plan = plan_changes(build, observed, Scope(folder="build"))
    return [item for item in plan.missing if item.account == PAYMENTS]


def ready(observed: Observed, account: str = PAYMENTS, **facts: Any) -> Observed:
    """The same, with more known about a place."""
    place = observed.places[account, REGION]
    return replace(
        observed, places={**observed.places, (account, REGION): replace(place, readiness=Readiness(**facts))}
    )


@pytest.mark.parametrize(
    ("document", "blocking"),
    [
        (trust("backup.amazonaws.com"), None),
        (trust("ec2.amazonaws.com"), True),
        (trust("backup.amazonaws.com", StringEquals={"aws:SourceAccount": PAYMENTS}), None),
        (trust("backup.amazonaws.com", ArnLike={"aws:SourceArn": "arn:aws:backup:*:*:*"}), False),
    ],
)
def test_roles_must_trust_backup(builds: Any, model: Any, document: dict[str, Any], blocking: bool | None) -> None:
    """A role that surely does not is a problem; where its conditions decide, it is a doubt."""
    build = builds.make()
    found = lacking(build, ready(model.empty(build), trusts={ROLE: document}))
    assert [item.blocking for item in found] == ([] if blocking is None else [blocking])
    assert all("backup.amazonaws.com" in item.reason and item.remedy for item in found)


@pytest.mark.parametrize(("state", "told"), [("Enabled", 0), ("Disabled", 1), ("PendingDeletion", 1), ("Creating", 0)])
def test_keys_must_be_usable(builds: Any, model: Any, state: str, told: int) -> None:
    """A key that encrypts nothing holds its place back, with what helps; a state that passes does not."""

    def keyed(shape: dict[str, Any]) -> None:
        shape["vaults"][0]["EncryptionKeyArn"] = "arn:aws:kms:eu-central-1:$account:alias/acme"

    build = builds.make(keyed)
    found = lacking(build, ready(model.empty(build), keys={KEY: Key(KEY, state, of_aws=False)}))
    assert [(item.kind, item.blocking, item.reason) for item in found] == [("key", True, f"is {state}")] * told


def copying(shape: dict[str, Any]) -> None:
    """Every account copies into the vault of the central one."""
    shape["plans"][0]["BackupPlan"]["Rules"][0]["CopyActions"] = [{"DestinationBackupVaultArn": FAR}]


def closed(shape: dict[str, Any]) -> None:
    """The same, but no vault lets anybody in."""
    copying(shape)
    shape["vault_access_policies"] = []


def test_a_copy_that_can_arrive_is_no_problem(builds: Any, model: Any) -> None:
    """Vault, policy and setting are part of the build: nothing but the doubt about AWS's own key is left."""
    build = builds.make(copying, (CENTRAL, PAYMENTS), ON)
    found = lacking(build, model.empty(build))
    assert [(item.kind, item.blocking) for item in found] == [("copy", False)]
    assert "key that AWS manages" in found[0].reason


def test_a_vault_that_lets_nobody_in_is_a_problem(builds: Any, model: Any) -> None:
    """Without an access policy no other account can copy into a vault."""
    build = builds.make(closed, (CENTRAL, PAYMENTS), ON)
    blocking = [item for item in lacking(build, model.empty(build)) if item.blocking]
    assert [item.reason for item in blocking] == ["has no access policy, so no other account may copy into it"]


def test_a_vault_that_nobody_makes_is_a_problem(builds: Any, model: Any) -> None:
    """Unless the place of that vault could not be read, or somebody else's vault is there."""
    build = builds.make(copying, (PAYMENTS,), ON)
    observed = model.empty(build)
    place = replace(observed.places[PAYMENTS, REGION], account=CENTRAL, readiness=Readiness(vaults=frozenset()))
    read = replace(observed, places={**observed.places, (CENTRAL, REGION): place})
    assert lacking(build, observed) == []
    assert [item.reason for item in lacking(build, read)] == ["does not exist, and no policy makes it"]
    assert lacking(build, ready(read, CENTRAL, vaults=frozenset({"primary"}))) == []


@pytest.mark.parametrize(("known", "told"), [("yes", 0), ("no", 1), ("unknown", 0)])
def test_copies_across_accounts_must_be_on(builds: Any, model: Any, known: Any, told: int) -> None:
    """Known to be off and not turned on by the build: a problem. Not known: nothing is said."""
    build = builds.make(copying, (CENTRAL, PAYMENTS))
    observed = replace(model.empty(build), around=Around(copies_on=known))
    blocking = [item.name for item in lacking(build, observed) if item.blocking]
    assert blocking == ["isCrossAccountBackupEnabled"] * told


def test_quotas_count_what_is_there_and_what_is_made(builds: Any, model: Any) -> None:
    """More than the default is a doubt where AWS raises the quota, a problem where it raises it for nobody."""

    def many(shape: dict[str, Any]) -> None:
        rule = shape["plans"][0]["BackupPlan"]["Rules"][0]
        shape["plans"][0]["BackupPlan"]["Rules"] = [rule | {"RuleName": f"rule-{n}"} for n in range(11)]

    build = builds.make(many)
    full = frozenset(f"vault-{n}" for n in range(300))
    found = {item.needed_by: item for item in lacking(build, ready(model.empty(build), vaults=full, plans=12))}
    assert {name: item.blocking for name, item in found.items()} == {"1 new vaults": False, "plan gold": True}
    assert "would be 301, and the quota is 300" in found["1 new vaults"].reason
    assert "would be 11, and the quota is 10" in found["plan gold"].reason


@pytest.mark.parametrize(("opted_in", "told"), [(True, 0), (False, 1)])
def test_types_that_need_their_opt_in(builds: Any, model: Any, opted_in: bool, told: int) -> None:
    """A selection that names clusters takes none unless one of their types is opted in; that is told, not refused."""

    def clusters(shape: dict[str, Any]) -> None:
        body = shape["selections"][0]["BackupSelection"]
        body["Resources"], body["Conditions"] = ["arn:aws:rds:*:*:cluster:*"], {}

    build = builds.make(clusters)
    observed = model.empty(build)
    place = observed.places[PAYMENTS, REGION]
    off = dict.fromkeys(("Aurora", "DocumentDB", "Neptune", "RDS"), False)
    known = replace(place, opt_ins={**off, "Aurora": opted_in})
    found = lacking(build, replace(observed, places={(PAYMENTS, REGION): known}))
    assert [(item.kind, item.blocking) for item in found] == [("opt-in", False)] * told


def test_what_is_ready_is_no_part_of_what_a_plan_is_bound_to(builds: Any, model: Any) -> None:
    """That a stranger makes a vault beside ours does not make a saved plan stale."""
    build = builds.make()
    observed = model.empty(build)
    assert ready(observed, vaults=frozenset({"theirs"}), plans=3).digest() == observed.digest()
    place = replace(observed.places[PAYMENTS, REGION], vaults={"primary": Vault("primary", "arn", None, {})})
    assert replace(observed, places={(PAYMENTS, REGION): place}).digest() != observed.digest()
