"""What kind of failure an answer is: a table, AWS's code to class, each row with its source. Pure.

| class | what it means | what is done |
|---|---|---|
| throttle | too many calls; refused before any work | again, later and slower |
| server | AWS failed, before the work or after it | again, if a repetition cannot do it twice |
| timeout | nobody answered, or not in time | as server; a Region that never answers is left alone |
| expired | the credentials have run out | once again with new ones |
| skew | this machine's clock is wrong | told, with by how much |
| quota | AWS allows no more of it | told: waiting changes nothing |
| refusal | AWS understood and said no | told |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FailureClass = Literal["throttle", "server", "timeout", "expired", "skew", "quota", "refusal"]

SKEW_SECONDS = 240
"""A clock that is off by more may be why a signature is refused: AWS allows 5 minutes (15 in S3)."""


@dataclass(frozen=True, slots=True)
class Row:
    """The codes of one class that one source names."""

    failure: FailureClass
    codes: tuple[str, ...]
    source: str
    date: str = "2026-11-29"


_BOTOCORE = "botocore 1.44: retries/standard.py and data/_retry.json"
_COMMON = "AWS Backup API Reference: Common Errors"
_TRANSPORT = "botocore 1.44: exceptions.py"

ROWS: tuple[Row, ...] = (
    Row(
        "throttle",
        (
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "ProvisionedThroughputExceededException",
            "PriorRequestNotComplete",
            "TransactionInProgressException",
            "EC2ThrottledException",
            "SlowDown",
        ),
        _BOTOCORE,
    ),
    Row(
        "throttle",
        ("ConcurrentModificationException", "ConcurrentModification"),
        "Organizations and IAM API References: another request is changing the same; try again",
    ),
    Row("throttle", ("429",), "RFC 6585: a status without a code in the body"),
    Row(
        "server",
        (
            "InternalFailure",
            "InternalError",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceError",
            "InternalServiceException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "ServiceException",
            "ServiceFailure",
            "ServiceFailureException",
            "Unavailable",
        ),
        _COMMON,
    ),
    Row("server", ("DependencyFailureException",), "AWS Backup API 2018-11-15: a fault of the service (500)"),
    Row(
        "server",
        ("KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException"),
        "KMS API Reference: the request can be retried",
    ),
    Row("server", ("500", "502", "503", "504"), "RFC 9110: a status without a code in the body"),
    Row("timeout", ("RequestTimeout", "RequestTimeoutException"), _BOTOCORE),
    Row(
        "timeout",
        (
            "ConnectTimeoutError",
            "ConnectionClosedError",
            "ConnectionError",
            "EndpointConnectionError",
            "HTTPClientError",
            "IncompleteReadError",
            "ProxyConnectionError",
            "ReadTimeoutError",
            "ResponseStreamingError",
        ),
        _TRANSPORT,
    ),
    Row("expired", ("ExpiredToken", "ExpiredTokenException", "RequestExpired"), _COMMON),
    Row("skew", ("RequestTimeTooSkewed", "RequestInTheFuture"), "botocore 1.44; S3 API Reference: Error Responses"),
    Row(
        "quota",
        ("LimitExceededException", "LimitExceeded", "ServiceQuotaExceededException", "TooManyTagsException"),
        "AWS Backup API 2018-11-15 and IAM API Reference: a quota; botocore's standard mode would repeat the first",
    ),
    Row(
        "quota",
        ("ConstraintViolationException", "PolicySizeLimitExceededException"),
        "Organizations API Reference: a quota or constraint of the organization",
    ),
)

_OF: Mapping[str, FailureClass] = {code: row.failure for row in ROWS for code in row.codes}
# Codes of a refused signature. With these words in the sentence, or with a clock that is off, the clock is why.
_SIGNATURE = frozenset({"SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"})
_CLOCK_WORDS = ("signature expired", "signature not yet current", "time too skewed")


_NOT_IMPLEMENTED = 501


def classify(code: str, message: str = "", status: int | None = None, skew: float | None = None) -> FailureClass:
    """The class of a failure. `skew`: seconds by which this machine's clock is ahead of AWS's, where it was measured.

    A code that no row names goes by its status: 429 is throttling, 500 and above the server's failure, else a refusal.
    So is 501: what is not implemented now is not a moment later either.
    """
    off = skew is not None and abs(skew) > SKEW_SECONDS
    if code in _SIGNATURE:
        told = message.lower()
        return "skew" if off or any(words in told for words in _CLOCK_WORDS) else "refusal"
    if code == "RequestExpired" and off:
        return "skew"
    known = _OF.get(code)
    if known is not None:
        return known
    if status == 429:
        return "throttle"
    return "server" if status is not None and status >= 500 and status != _NOT_IMPLEMENTED else "refusal"
