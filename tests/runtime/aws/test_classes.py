"""Classes of failures: AWS's codes in AWS's words, and what only a clock can explain."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from backstay_agent.aws.classes import ROWS, FailureClass, classify
from backstay_local.faults.rules import Kind
from backstay_local.faults.words import words

KINDS: dict[Kind, tuple[FailureClass, ...]] = {
    Kind.THROTTLE: ("throttle",),
    Kind.ERROR_BEFORE: ("server",),
    Kind.ERROR_AFTER: ("server",),
    Kind.UNAVAILABLE: ("server",),
    Kind.EXPIRED: ("expired",),
    Kind.SKEWED: ("skew", "expired"),
}
SERVICES = ("backup", "sts", "kms", "organizations", "iam", "sns", "tagging", "s3", "ec2", "dynamodb")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", list(KINDS))
def test_every_service_is_understood(service: str, kind: Kind) -> None:
    """Whatever a service calls its failure, the class is the same; EC2 alone does not tell a clock from a token."""
    told = words(service, kind)
    assert classify(told.code, told.message, told.status) in KINDS[kind]


def test_what_botocore_calls_throttling_is_throttling_but_for_the_quota() -> None:
    """The one code that botocore repeats and that is a quota in AWS Backup is not repeated."""
    codes = ThrottledRetryableChecker._THROTTLED_ERROR_CODES
    others = {code: classify(code) for code in codes if classify(code) != "throttle"}
    assert others == {"LimitExceededException": "quota"}
    transient = {classify(code) for code in TransientRetryableChecker._TRANSIENT_ERROR_CODES}
    assert transient <= {"timeout", "throttle"}


def test_each_code_stands_once_and_has_its_source() -> None:
    """A table that contradicts itself would be read one way or the other."""
    counted = Counter(code for row in ROWS for code in row.codes)
    assert [code for code, times in counted.items() if times > 1] == []
    assert all(row.source and re.fullmatch(r"20\d\d-\d\d-\d\d", row.date) for row in ROWS)


@pytest.mark.parametrize(
    ("code", "message", "status", "skew", "expected"),
    [
        ("SignatureDoesNotMatch", "The signature does not match; check your secret key", 403, 1.0, "refusal"),
        ("SignatureDoesNotMatch", "The signature does not match; check your secret key", 403, -900.0, "skew"),
        ("SignatureDoesNotMatch", "Signature expired: 20261129T1800Z is now earlier than …", 403, None, "skew"),
        ("InvalidSignatureException", "Signature not yet current: …", 400, None, "skew"),
        ("RequestExpired", "Request has expired.", 400, 2.0, "expired"),
        ("RequestExpired", "Request has expired.", 400, 3600.0, "skew"),
        ("AccessDeniedException", "no", 403, 3600.0, "refusal"),
        ("SomethingNew", "", 429, None, "throttle"),
        ("SomethingNew", "", 500, None, "server"),
        ("SomethingNew", "", 501, None, "refusal"),
        ("SomethingNew", "", 503, None, "server"),
        ("SomethingNew", "", 400, None, "refusal"),
        ("SSLError", "certificate verify failed", None, None, "refusal"),
    ],
)
def test_what_a_code_means_depends_on_what_else_is_known(
    code: str, message: str, status: int | None, skew: float | None, expected: FailureClass
) -> None:
    """A refused signature is a wrong key or a wrong clock; a new code goes by its status."""
    assert classify(code, message, status, skew) == expected
