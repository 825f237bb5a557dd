"""How errors look on the wire of a rest-json service: their status and the members of every AWS Backup error."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .call import AwsError

# Statuses of the errors that are not plain 400s (AWS Backup API Reference, "Common Errors"; read 2026-11).
STATUS: Mapping[str, int] = {
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "IncompleteSignature": 403,
    "OptInRequired": 403,
    "UnrecognizedClientException": 403,
    "NotAuthorized": 401,
    "UnknownOperationException": 404,
    "RequestTimeoutException": 408,
    "RequestEntityTooLargeException": 413,
    "InternalFailure": 500,
    "ServiceUnavailableException": 500,
    "DependencyFailureException": 500,
    "ServiceUnavailable": 503,
    "NotImplementedException": 501,
}


def status_of(error: AwsError) -> int:
    """The HTTP status: what the raiser asked for, else what the table says of the code."""
    return error.status if error.status != 400 else STATUS.get(error.code, 400)


def error_body(error: AwsError) -> bytes:
    """`Code`, `Message`, `Type`, `Context`, and the further members of the error; absent ones are null."""
    kind = "Client" if status_of(error) < 500 else "Server"
    members = {"Code": error.code, "Message": error.message, "Type": kind, "Context": None, **error.members}
    return json.dumps(members).encode()
