"""What `prove` says cannot be protected is not backed up, on the embedded AWS: random policies, plain boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from typing import Any

import pytest
from tests.compiler.prove.policies import Draw, draw

from backstay.prove.answer import Witness
from backstay.prove.ground import ground
from backstay.prove.requirement import prove
from backstay_aws import catalog
from backstay_aws.selection import to_api
from backstay_local.app import LocalAws
from backstay_local.backup.options import Settings

START = datetime(2026, 11, 22, tzinfo=UTC)
REGION = "eu-central-1"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
MANY, VAULT = 12, "main"


@dataclass(frozen=True)
class Case:
    """A refuted requirement: the resource that refutes it, and one that a good selection takes."""

    seed: int
    drawn: Draw
    lost: Witness
    kept: Witness | None


def cases(first: int, *, absent: bool) -> Iterator[Case]:
    """Policies whose requirement is refuted by a database that RDS lets one make, from a seed on."""
    for seed in count(first):
        drawn = draw(seed)
        (answer,) = prove(drawn.model, date(2026, 11, 22))
        if answer.status == "COUNTEREXAMPLE" and answer.witness is not None and "" not in answer.witness.tags.values():
            yield Case(seed, drawn, answer.witness, _protected(drawn, absent=absent))


def _protected(drawn: Draw, *, absent: bool) -> Witness | None:
    """A database that a good selection takes, if there can be one."""
    (shape,) = drawn.model.shapes
    here = ground(drawn.model, shape)
    row = catalog.resource_type("RDS")
    assert row is not None
    good = drawn.good()
    for index, (_, one) in enumerate(here.selections):
        if one.selection in good:
            for box in here.boxes(index, row, opted_in=True, absent=absent):
                domain = {**here.space.every, **box}
                domain["\0arn"] &= here.domains["RDS"]
                if domain["\0arn"]:
                    return here.witness(domain, shape.accounts[0], [row])
    return None


@pytest.mark.parametrize("absent", [True, False])
def test_a_counterexample_is_not_backed_up_and_its_neighbour_is(absent: bool) -> None:
    """Whichever way AWS reads a tag that is not there; the plans are those that would be good enough."""
    with LocalAws(start=START, settings=Settings(absent_matches_not=absent)) as aws:
        chosen = {
            f"{500000000000 + number}": case
            for number, case in enumerate(islice(cases(0 if absent else 500, absent=absent), MANY))
        }
        for account, case in chosen.items():
            _plans(aws, account, case.drawn)
            _database(aws, account, "lost", case.lost)
            if case.kept is not None:
                _database(aws, account, "kept", case.kept)
        aws.advance(timedelta(days=2))
        kept = 0
        for account, case in chosen.items():
            backed_up = _backed_up(aws, account)
            assert _arn(account, "lost", case.lost) not in backed_up, case
            if case.kept is not None:
                assert _arn(account, "kept", case.kept) in backed_up, case
                kept += 1
        assert kept > MANY / 2


def _plans(aws: LocalAws, account: str, drawn: Draw) -> None:
    """Every plan that keeps long enough, with a vault and a role."""
    backup = aws.client("backup", account, REGION)
    role = aws.client("iam", account).create_role(RoleName="b", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    backup.create_backup_vault(BackupVaultName=VAULT)
    backup.update_region_settings(ResourceTypeOptInPreference={"RDS": True})
    good = drawn.good()
    for plan in drawn.model.shapes[0].plans:
        rule = {
            "RuleName": plan.rules[0].name,
            "TargetBackupVaultName": VAULT,
            "ScheduleExpression": plan.rules[0].schedule,
            "Lifecycle": {"DeleteAfterDays": plan.rules[0].lifecycle.delete_after},
        }
        if not any(one.selection in good for one in plan.selections):
            continue
        made = backup.create_backup_plan(BackupPlan={"BackupPlanName": plan.name, "Rules": [rule]})["BackupPlanId"]
        for one in plan.selections:
            body = to_api(one.selection, one.name, role)
            backup.create_backup_selection(BackupPlanId=made, BackupSelection=body)


def _name(role: str, witness: Witness) -> str:
    """The witness's name, longer where its letters do not matter: two databases cannot share one."""
    name = witness.arn.rpartition(":")[2]
    return f"{name}{role}"


def _arn(account: str, role: str, witness: Witness) -> str:
    return f"arn:aws:rds:{REGION}:{account}:db:{_name(role, witness)}"


def _database(aws: LocalAws, account: str, role: str, witness: Witness) -> None:
    tags: Mapping[str, str] = witness.tags
    members: dict[str, Any] = {
        "DBInstanceIdentifier": _name(role, witness),
        "DBInstanceClass": "db.t3.micro",
        "Engine": "postgres",
        "MasterUsername": "chief",
        "MasterUserPassword": "0123456789",
        "AllocatedStorage": 20,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    aws.client("rds", account, REGION).create_db_instance(**members)


def _backed_up(aws: LocalAws, account: str) -> set[str]:
    found = aws.client("backup", account, REGION).list_recovery_points_by_backup_vault(BackupVaultName=VAULT)
    return {one["ResourceArn"] for one in found["RecoveryPoints"]}
