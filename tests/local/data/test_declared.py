"""Resources of types that no service here has: declared, found, backed up, restored, withdrawn, and lasting."""

from __future__ import annotations

import base64
import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from backstay_local.app import LocalAws
from backstay_local.data import DataError

TAGS = {"env": "prod"}
PLACE = "us-east-1:123456789012"
ARNS = {
    "Storage Gateway": f"arn:aws:storagegateway:{PLACE}:gateway/sgw-12345678/volume/vol-1122AABB",
    "DocumentDB": f"arn:aws:rds:{PLACE}:cluster:papers",
    "VirtualMachine": f"arn:aws:backup-gateway:{PLACE}:vm/vm-0123456789ABCDEF0",
    "SAP HANA on Amazon EC2": f"arn:aws:ssm-sap:{PLACE}:HANA/erp/DB/HDB",
    "Redshift Serverless": f"arn:aws:redshift-serverless:{PLACE}:namespace/6f5d2a53-0000-4000-8000-000000000001",
    "FSx": f"arn:aws:fsx:{PLACE}:volume/fs-0123456789abcdef0/fsvol-0123456789abcdef0",
}
NAMES = {
    "DocumentDB": {"DBClusterIdentifier": "again"},
    "SAP HANA on Amazon EC2": {"TargetDatabaseArn": f"arn:aws:ssm-sap:{PLACE}:HANA/erp/DB/TST"},
}


@pytest.mark.parametrize("kind", ARNS)
def test_another_one_of_the_same_description_is_declared_by_a_restore(yard: Any, kind: str) -> None:
    """Its ARN has the form of the type, its description is the original's but for what the metadata say."""
    yard.aws.declare(ARNS[kind], kind, tags=TAGS, description={"Name": "one", "Disks": [1, 2]}, size=4096)
    resource = yard.found(ARNS[kind])
    assert (resource.type, resource.tags) == (kind, TAGS)
    assert yard.data.resources(yard.account, yard.region) == [resource]
    stored = yard.backup(ARNS[kind])
    assert (stored.size, stored.holds_bytes) == (4096, False)
    metadata = yard.data.restore_metadata(stored.manifest)
    assert metadata["Disks"] == "[1, 2]"
    arn = yard.restore(stored, metadata | NAMES.get(kind, {}) | {"Name": "two"}, {"restored": "yes"})
    assert arn != ARNS[kind]
    assert yard.found(arn).tags == {"restored": "yes"}
    made = yard.aws.world.declared.get(arn)
    assert (made.description, made.size) == ({"Name": "two", "Disks": [1, 2]}, 4096)
    yard.data.delete_resource(yard.found(arn))
    assert yard.data.resources(yard.account, yard.region) == [resource]


def test_a_cluster_keeps_to_one_space_of_names(yard: Any) -> None:
    """A DocumentDB cluster cannot be restored over another, of its own type or of Aurora's."""
    yard.aws.declare(ARNS["DocumentDB"], "DocumentDB")
    stored = yard.backup(ARNS["DocumentDB"])
    with pytest.raises(DataError, match="exists already"):
        yard.restore(stored, yard.data.restore_metadata(stored.manifest))
    yard.client("rds").create_db_cluster(
        DBClusterIdentifier="books", Engine="aurora-mysql", MasterUsername="chief", MasterUserPassword="0123456789"
    )
    with pytest.raises(DataError, match="exists already"):
        yard.restore(stored, {"DBClusterIdentifier": "books"})
    with pytest.raises(DataError, match="need DBClusterIdentifier"):
        yard.restore(stored, {})


def test_a_restore_of_sap_hana_overwrites_its_target(yard: Any) -> None:
    """As AWS does it: the database that is named gets what the backup holds, and keeps its ARN."""
    arn = ARNS["SAP HANA on Amazon EC2"]
    yard.aws.declare(arn, "SAP HANA on Amazon EC2", tags=TAGS, description={"State": "good"})
    stored = yard.backup(arn)
    yard.aws.declare(arn, "SAP HANA on Amazon EC2", tags=TAGS, description={"State": "bad"})
    assert yard.restore(stored, yard.data.restore_metadata(stored.manifest)) == arn
    assert yard.aws.world.declared.get(arn).description == {"State": "good"}


@pytest.mark.parametrize(
    ("arn", "kind", "reason"),
    [
        (ARNS["DocumentDB"], "EBS", "cannot be declared"),
        (ARNS["DocumentDB"], "VirtualMachine", "not the ARN of a resource of type VirtualMachine"),
        ("arn:aws:rds:us-east-1::cluster:x", "DocumentDB", "names no account"),
    ],
)
def test_what_cannot_be_declared_is_refused(yard: Any, arn: str, kind: str, reason: str) -> None:
    """Types that a service here has, and ARNs of another form, are refused with the reason."""
    with pytest.raises(DataError, match=reason):
        yard.aws.declare(arn, kind)


def test_a_declaration_is_on_disk_at_once(tmp_path: Path) -> None:
    """It is there after a process that ended without closing anything; a withdrawn one is not."""
    with LocalAws(tmp_path / "a") as aws:
        aws.declare(ARNS["DocumentDB"], "DocumentDB", tags=TAGS)
        aws.declare(ARNS["VirtualMachine"], "VirtualMachine")
        aws.world.declared.remove(ARNS["VirtualMachine"])
        copy = tmp_path / "b"
        copy.mkdir()
        for file in (tmp_path / "a").glob("backup.sqlite3*"):
            (copy / file.name).write_bytes(file.read_bytes())
    with LocalAws(tmp_path / "b") as aws:
        assert [one.arn for one in aws.world.declared.all()] == [ARNS["DocumentDB"]]


def test_the_door_declares_lists_and_withdraws(aws: LocalAws) -> None:
    """POST, GET and DELETE of /_local/resources; what is wrong gets a 400 with the reason."""
    with aws.serve() as url:

        def ask(method: str, query: str = "", body: Any = None) -> tuple[int, Any]:
            connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
            basic = base64.b64encode(f"{aws.access_key}:{aws.secret_key}".encode()).decode()
            content = None if body is None else json.dumps(body)
            connection.request(method, f"/_local/resources{query}", content, {"Authorization": f"Basic {basic}"})
            response = connection.getresponse()
            answer = json.loads(response.read())
            connection.close()
            return response.status, answer

        one = {"arn": ARNS["VirtualMachine"], "type": "VirtualMachine", "tags": TAGS, "size": 7}
        assert ask("POST", body={"resources": [one]}) == (200, {"declared": 1})
        [listed] = ask("GET")[1]["resources"]
        assert (listed["arn"], listed["tags"], listed["size"]) == (one["arn"], TAGS, 7)
        status, answer = ask("POST", body={"resources": [{"arn": one["arn"], "type": "S3"}]})
        assert (status, "cannot be declared" in answer["error"]) == (400, True)
        assert ask("DELETE", f"?arn={quote(one['arn'], safe='')}") == (200, {"withdrawn": True})
        assert ask("GET") == (200, {"resources": []})
