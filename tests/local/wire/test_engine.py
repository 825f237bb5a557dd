"""What the engine does with requests that are wrong, foreign or unknown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from backstay_local.wire.call import AwsError, Call, Listing
from backstay_local.wire.engine import Facts, RestJson
from backstay_local.wire.message import Request, Response, raw_target
from backstay_local.wire.read import moment

Sent = Callable[[str, Mapping[str, Any]], Request]
Parsed = Callable[[str, Response], dict[str, Any]]


def _vaults(call: Call, _: dict[str, Any]) -> Listing:
    rows = [(f"v{index}", {"BackupVaultName": f"v{index}"}) for index in range(5)]
    return Listing("BackupVaultList", [row for row in rows if call.after is None or row[0] > call.after])


def _code(response: Response) -> tuple[int, str]:
    return response.status, dict(response.headers)["x-amzn-ErrorType"]


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/backup-vaults/", "ListBackupVaults"),
        ("/backup-vaults", "ListBackupVaults"),
        ("/backup-vaults/a/recovery-points/", "ListRecoveryPointsByBackupVault"),
        ("/backup-vaults/a/recovery-points/arn%3Aaws%3Aec2%3Ax%3A%3Asnapshot%2Fsnap-1", "DescribeRecoveryPoint"),
        (
            "/backup-vaults/a/recovery-points/arn:aws:rds:r:a:snapshot:b/restore-metadata",
            "GetRecoveryPointRestoreMetadata",
        ),
        ("/resources/arn%3Aaws%3As3%3A%3A%3Ab/recovery-points/", "ListRecoveryPointsByResource"),
    ],
)
def test_the_most_specific_route_wins(path: str, operation: str, facts: Facts) -> None:
    """A label never swallows what follows it, and an encoded slash stays inside its label."""
    engine = RestJson("backup", {operation: lambda *_: {}})
    assert engine.handle(Request("GET", path, "", {}), facts).status == 200


def test_an_operation_without_behaviour_is_not_a_success(sent: Sent, facts: Facts) -> None:
    """What is not there answers 501 in words, after its parameters were checked like all others."""
    engine = RestJson("backup", {})
    assert _code(engine.handle(sent("ListBackupVaults", {}), facts)) == (501, "NotImplementedException")
    wrong = sent("ListBackupVaults", {"MaxResults": 0})
    assert _code(engine.handle(wrong, facts)) == (400, "InvalidParameterValueException")


def test_an_unknown_door_is_an_unknown_operation(facts: Facts) -> None:
    """A path that no operation has is refused with AWS's code for it."""
    response = RestJson("backup", {}).handle(Request("GET", "/nowhere", "", {}), facts)
    assert _code(response) == (404, "UnknownOperationException")


@pytest.mark.parametrize(
    "body",
    [
        {"BackupPlan": {"BackupPlanName": "p", "Rules": "all"}},
        {"BackupPlan": {"BackupPlanName": "p", "Rules": [{"RuleName": "r!", "TargetBackupVaultName": "vv"}]}},
        {"BackupPlan": {"BackupPlanName": 5, "Rules": []}},
        {"BackupPlan": {"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "v" * 51}]}},
        {"BackupPlan": {"BackupPlanName": "p", "Rules": [], "ScanSettings": [{"MalwareScanner": "NORTON"}]}},
    ],
)
def test_a_bad_value_is_an_invalid_parameter(body: dict[str, Any], facts: Facts) -> None:
    """Wrong kinds, patterns, lengths and unknown options are one modelled error that names the place."""
    request = Request("PUT", "/backup/plans/", "", {}, json.dumps(body).encode())
    response = RestJson("backup", {"CreateBackupPlan": lambda *_: {}}).handle(request, facts)
    assert _code(response) == (400, "InvalidParameterValueException")
    assert "BackupPlan" in json.loads(response.body)["Message"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_object_is_refused(body: bytes, facts: Facts) -> None:
    """Garbage in the body is the client's mistake, not a failure of the server."""
    response = RestJson("backup", {}).handle(Request("PUT", "/backup/plans/", "", {}, body), facts)
    assert _code(response) == (400, "SerializationException")


def test_a_read_of_a_badly_named_vault_reaches_the_handler(facts: Facts) -> None:
    """AWS answers such a read as one of a vault that does not exist, which is the handler's to say."""

    def describe(_: Call, params: dict[str, Any]) -> dict[str, Any]:
        raise AwsError("AccessDeniedException", f"no {params['BackupVaultName']}")

    engine = RestJson("backup", {"DescribeBackupVault": describe})
    assert _code(engine.handle(Request("GET", "/backup-vaults/bad!", "", {}), facts)) == (403, "AccessDeniedException")


def test_members_of_an_error_reach_the_client(sent: Sent, facts: Facts, parsed: Parsed) -> None:
    """Code, Context and the error's own members are in the body, and boto3 shows them."""

    def create(_: Call, params: dict[str, Any]) -> dict[str, Any]:
        members = {"Code": "ERROR_1", "Context": '["a"]', "Arn": "arn:x", "CreatorRequestId": "me"}
        raise AwsError("AlreadyExistsException", f"{params['BackupVaultName']} exists", members=members)

    engine = RestJson("backup", {"CreateBackupVault": create})
    response = engine.handle(sent("CreateBackupVault", {"BackupVaultName": "vv"}), facts)
    body = json.loads(response.body)
    assert {key: body[key] for key in ("Code", "Context", "Arn", "CreatorRequestId")} == {
        "Code": "ERROR_1",
        "Context": '["a"]',
        "Arn": "arn:x",
        "CreatorRequestId": "me",
    }
    error = parsed("CreateBackupVault", response)["Error"]
    assert (error["Code"], error["Message"]) == ("AlreadyExistsException", "vv exists")


def test_a_token_fits_only_its_own_question(sent: Sent, facts: Facts) -> None:
    """A token of another filter, account, Region or operation, or a garbled one, is refused."""
    engine = RestJson("backup", {"ListBackupVaults": _vaults, "ListBackupPlans": _vaults}, page_size=2)
    first = json.loads(engine.handle(sent("ListBackupVaults", {}), facts).body)
    token = first["NextToken"]
    second = engine.handle(sent("ListBackupVaults", {"NextToken": token, "MaxResults": 3}), facts)
    assert [row["BackupVaultName"] for row in json.loads(second.body)["BackupVaultList"]] == ["v2", "v3", "v4"]
    strangers = [
        (sent("ListBackupVaults", {"NextToken": token, "ByShared": True}), facts),
        (sent("ListBackupPlans", {"NextToken": token}), facts),
        (sent("ListBackupVaults", {"NextToken": token}), replace(facts, account="210987654321")),
        (sent("ListBackupVaults", {"NextToken": token}), replace(facts, region="eu-west-1")),
        (sent("ListBackupVaults", {"NextToken": "x" + token}), facts),
        (sent("ListBackupVaults", {"NextToken": "ü"}), facts),
    ]
    for request, who in strangers:
        assert _code(engine.handle(request, who)) == (400, "InvalidParameterValueException")


def test_a_mistake_of_ours_is_not_hidden(sent: Sent, facts: Facts) -> None:
    """A handler that answers a member AWS does not have fails loudly."""
    engine = RestJson("backup", {"DescribeGlobalSettings": lambda *_: {"Invented": 1}})
    with pytest.raises(ValueError, match="Invented"):
        engine.handle(sent("DescribeGlobalSettings", {}), facts)


@pytest.mark.parametrize(
    "text", ["1772600767.89", 1772600767.89, "2026-03-04T05:06:07.89Z", "2026-03-04T07:06:07.890+02:00"]
)
def test_a_time_is_read_in_every_form_that_clients_send(text: Any) -> None:
    """Epoch seconds and ISO 8601 mean the same moment."""
    assert moment(text).isoformat() == "2026-03-04T05:06:07.890000+00:00"


def test_the_raw_path_is_never_the_decoded_one() -> None:
    """The path comes from what the server saw, and only without that from PATH_INFO."""
    assert raw_target({"REQUEST_URI": "/a%2Fb?x=1", "PATH_INFO": "/a/b"}) == ("/a%2Fb", "x=1")
    assert raw_target({"RAW_URI": "http://host/a%2Fb"}) == ("/a%2Fb", "")
    assert raw_target({"PATH_INFO": "/a b", "QUERY_STRING": "q"}) == ("/a%20b", "q")
