"""An embedded AWS for each test, and a small organization to put into it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from tests.local import proofs

from backstay_local.app import LocalAws

ORG = """
id: o-acme0001
management_account: "100000000001"
backup_account: "100000000002"
regions: [eu-central-1]
root:
  accounts:
    - {id: "100000000001", name: acme-management}
    - {id: "100000000002", name: acme-backup}
  units:
    - name: Workloads
      units:
        - name: Prod
          accounts:
            - {id: "100000000010", name: payments-prod, tags: {env: prod, team: payments}}
        - name: Dev
          accounts:
            - {id: "100000000011", name: payments-dev}
"""
PROD, REGION = "100000000010", "eu-central-1"
RESOURCES = {
    "S3": "arn:aws:s3:::acme-invoices",
    "DynamoDB": f"arn:aws:dynamodb:{REGION}:{PROD}:table/orders",
    "RDS": f"arn:aws:rds:{REGION}:{PROD}:db:ledger",
    "Aurora": f"arn:aws:rds:{REGION}:{PROD}:cluster:books",
    "EBS": f"arn:aws:ec2:{REGION}:{PROD}:volume/vol-0123456789abcdef0",
    "EC2": f"arn:aws:ec2:{REGION}:{PROD}:instance/i-0123456789abcdef0",
    "EFS": f"arn:aws:elasticfilesystem:{REGION}:{PROD}:file-system/fs-0123456789abcdef0",
}


@pytest.fixture(scope="session")
def _recorder() -> Iterator[proofs.Recorder]:
    """Notes which operations are called with success."""
    recorder = proofs.Recorder()
    with pytest.MonkeyPatch.context() as patch:
        recorder.install(patch)
        yield recorder
    recorder.save()


@pytest.fixture(autouse=True)
def _proven(_recorder: proofs.Recorder, request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that `proofs.json` names for an operation calls it with success."""
    _recorder.called = set()
    yield
    unproven = proofs.claims(request.node.nodeid) - _recorder.called
    assert not unproven, f"proofs.json names this test for {sorted(unproven)}; record anew: make proofs"


@pytest.fixture
def aws() -> Iterator[LocalAws]:
    """An empty embedded AWS in a temporary folder."""
    with LocalAws() as local:
        yield local


@pytest.fixture
def org_file(tmp_path: Path) -> Path:
    """An organization of four accounts in two levels of units."""
    file = tmp_path / "org.yaml"
    file.write_text(ORG, encoding="utf-8")
    return file


@pytest.fixture
def inventory_file(tmp_path: Path) -> Path:
    """One resource of every type that can be made, in one account and Region."""
    file = tmp_path / "inventory.jsonl"
    rows = [
        {"arn": arn, "type": kind, "account": PROD, "region": REGION, "tags": {"env": "prod"}, "size_gb": 12.5}
        for kind, arn in RESOURCES.items()
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.fixture
def acme(aws: LocalAws, org_file: Path) -> LocalAws:
    """The embedded AWS with that organization in it."""
    aws.seed(org_file)
    return aws


@pytest.fixture
def refused() -> Callable[[str], AbstractContextManager[None]]:
    """`with refused(CODE):` holds that AWS refuses what is done inside with that code."""

    @contextmanager
    def check(code: str) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        assert caught.value.response["Error"]["Code"] == code, str(caught.value)

    return check
