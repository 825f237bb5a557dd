"""Full inputs and outputs for every operation of AWS Backup, out of its model, and botocore's own way to and fro."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import HeadersDict, prepare_request_dict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from backstay_local.wire.message import Request, Response
from backstay_local.wire.model import service_model

# A text that fits the pattern of each shape that has one.
SAMPLES = {
    "AccessPointArn": "arn:aws:backup:eu-central-1:123456789012:accesspoint/abc-1",
    "AccessPointName": "abc-1",
    "AccountId": "123456789012",
    "RecoveryPointArn": "arn:aws:backup:eu-central-1:123456789012:recovery-point:a/b c",
    "ResourceArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/orders & more",
    "FrameworkName": "Frame_1",
    "ReportPlanName": "Report_1",
    "TieringConfigurationName": "tier_1",
    "BackupVaultName": "vault_1-a",
    "BackupVaultNameOrWildcard": "vault_1-a",
    "ARN": "arn:aws:backup:eu-central-1:123456789012:backup-vault:a/ü+%",
}
MOMENT = datetime(2026, 3, 4, 5, 6, 7, 890000, tzinfo=UTC)


def full(shape: Any, depth: int = 0) -> Any:
    """A value of a shape with every member present."""
    match shape.type_name:
        case "structure":
            if depth > 8:
                return {}
            return {name: full(member, depth + 1) for name, member in shape.members.items()}
        case "list":
            return [full(shape.member, depth + 1)]
        case "map":
            return {full(shape.key, depth + 1): full(shape.value, depth + 1)}
        case "integer" | "long":
            return max(7, shape.metadata.get("min", 0))
        case "boolean":
            return True
        case "timestamp":
            return MOMENT
        case _:
            if getattr(shape, "enum", None):
                return shape.enum[-1]
            return SAMPLES.get(shape.name, "text_1")


@cache
def _serializer() -> Any:
    return create_serializer("rest-json", include_validation=False)


def sent(operation: str, params: Mapping[str, Any]) -> Request:
    """The request that botocore makes of an operation and its parameters."""
    raw = _serializer().serialize_to_request(dict(params), service_model("backup").operation_model(operation))
    prepare_request_dict(raw, "http://127.0.0.1")
    url = urlsplit(raw["url"])
    headers = {name.lower(): str(value) for name, value in raw["headers"].items()}
    return Request(raw["method"], url.path, url.query, headers, raw["body"] or b"")


def parsed(operation: str, response: Response) -> dict[str, Any]:
    """What botocore reads in a response."""
    raw = {"headers": HeadersDict(response.headers), "body": response.body, "status_code": response.status}
    shape: Any = service_model("backup").operation_model(operation).output_shape
    result: dict[str, Any] = create_parser("rest-json").parse(raw, shape)
    return result
