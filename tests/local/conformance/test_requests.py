"""All operations of AWS Backup, driven with what their model says is right and with everything that it says is wrong.

No answer is a failure of ours (500), none has a shape that the model does not know, and every error is one that the
operation declares or one of AWS's common errors. An operation without a behaviour answers 501, and only such a one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.local.conformance import wrong
from tests.local.shapes import sent

from backstay_local.backup.registry import OPERATIONS
from backstay_local.wire.message import Request
from backstay_local.wire.model import operations
from backstay_local.wire.route import Router

Drive = Callable[[str, Request], tuple[int, dict[str, Any]]]
NAMES = sorted(operations("backup"))
# Errors that no operation declares and any may give (AWS Backup API Reference, "Common Errors"). `ValidationException`
# is how rest-json services spell the ValidationError of that page.
COMMON = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InternalFailure",
    "MalformedHttpRequestException",
    "NotAuthorized",
    "OptInRequired",
    "RequestAbortedException",
    "RequestEntityTooLargeException",
    "RequestTimeoutException",
    "SerializationException",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationError",
    "ValidationException",
}
STATUS = {"AccessDeniedException": 403, "UnknownOperationException": 404}


def judge(name: str, place: str, status: int, answer: dict[str, Any]) -> bool:
    """Hold that an answer is one that this operation may give; whether it is a success."""
    if status < 300:
        assert status == operations("backup")[name].http.get("responseCode", 200), place
        for moment in moments(answer):
            assert datetime(1970, 1, 1, tzinfo=UTC) <= moment <= datetime(2999, 1, 1, tzinfo=UTC), place
        return True
    code, message = answer["Error"]["Code"], answer["Error"]["Message"]
    if code == "NotImplementedException":
        assert status == 501, place
        # One with a behaviour may say so of a part of it, in words of its own.
        assert name not in OPERATIONS or f"the behaviour of {name}" not in message, place
        return False
    declared = {shape.name for shape in operations("backup")[name].error_shapes}
    assert code in declared | COMMON, (place, code, message)
    assert status == STATUS.get(code, 400), (place, code, message)
    assert message, place
    return False


def moments(value: Any) -> list[datetime]:
    """Every time in an answer."""
    if isinstance(value, datetime):
        assert value.tzinfo is not None
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [moment for part in parts for moment in moments(part)]


@pytest.mark.parametrize("name", NAMES)
def test_a_full_request_is_answered(name: str, drive: Drive) -> None:
    """With every member given, the answer is a success or an error that the operation may give, never a failure."""
    judge(name, "full", *drive(name, sent(name, wrong.members(name))))


@pytest.mark.parametrize("name", [name for name in NAMES if operations("backup")[name].input_shape is not None])
def test_what_the_model_forbids_is_refused(name: str, drive: Drive) -> None:
    """Without a required member, or with one of a wrong type, range, choice or form, nothing is done."""
    for one in (*wrong.missing(name), *wrong.broken(name)):
        found = (
            Router("backup").find(one.request) if one.request.path.endswith("/") or "//" in one.request.path else None
        )
        if found is not None and found[0].name != name:
            continue  # a path without its last label is the way to the listing
        status, answer = drive(name, one.request)
        passed = judge(name, one.place, status, answer)
        if not one.loose:
            assert not passed, one.place
            assert one.member.lower() in answer["Error"]["Message"].lower(), (one.place, answer["Error"])
