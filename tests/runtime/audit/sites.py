"""An organization of four accounts with something to audit, and what tests do to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

PAYMENTS, RISK, CENTRAL, MANAGEMENT = "100000000010", "100000000011", "100000000002", "100000000001"
REGION, AWAY = "eu-central-1", "eu-west-1"
SHARDS = Path(".backstay") / "audit" / "shards"

Audit = Callable[..., Result]


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    """Runs `backstay audit …` in an empty working directory; an exception of ours is raised."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str | Path) -> Result:
        from backstay_agent.cli.audit import audit as command

        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def table(cloud: Any, region: str = REGION) -> None:
    """A table that the plan takes, in one account."""
    cloud.client("dynamodb", PAYMENTS, region).create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "backup", "Value": "gold"}],
    )


@pytest.fixture
def site(cloud: Any, builds: Any, run: Callable[..., Result], tmp_path: Path) -> Path:
    """A build applied to two accounts of four, with a table in one of them."""
    build: Path = builds.write(tmp_path / "build")
    assert run("apply", build, "--yes").exit_code == 0
    table(cloud)
    return build


def findings(done: Any) -> Any:
    """The findings of the JSON form."""
    return json.loads(done.stdout)["findings"]


def asked(cloud: Any, **where: str) -> Callable[[], int]:
    """Counts calls from now on, without disturbing any."""
    name = cloud.local.faults.add("throttle", "*:*", skip=1_000_000, **where)
    return lambda: next(entry.tally.matched for entry in cloud.local.faults.list() if entry.id == name)


def close(cloud: Any, account: str) -> Callable[[], None]:
    """Nobody can enter an account any more; gives what opens it again."""
    iam = cloud.client("iam", account)
    document = json.dumps(iam.get_role(RoleName="backstay-agent")["Role"]["AssumeRolePolicyDocument"])
    iam.delete_role(RoleName="backstay-agent")
    return lambda: iam.create_role(RoleName="backstay-agent", AssumeRolePolicyDocument=document)
