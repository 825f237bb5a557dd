"""In which words each service says that something went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .rules import Kind


@dataclass(frozen=True, slots=True)
class Words:
    """An error as a service gives it."""

    code: str
    message: str
    status: int


_ERROR = Words("InternalFailure", "The request processing has failed because of an unknown error.", 500)
_DOWN = Words("ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503)
# The beginning of AWS's sentence (IAM user guide, "Troubleshoot Signature Version 4"), which goes on with both times.
_SKEWED = "Signature expired"
_EXPIRED = "The security token included in the request is expired"

# AWS Backup API Reference, "Common Errors"; the sentence "Rate exceeded" as clients report it of many services.
_BACKUP = {
    Kind.THROTTLE: Words("ThrottlingException", "Rate exceeded", 400),
    Kind.ERROR_BEFORE: _ERROR,
    Kind.ERROR_AFTER: _ERROR,
    Kind.UNAVAILABLE: _DOWN,
    Kind.EXPIRED: Words("ExpiredTokenException", _EXPIRED, 403),
    Kind.SKEWED: Words("InvalidSignatureException", _SKEWED, 403),
}
# The JSON protocols of DynamoDB, KMS and others: "Common Errors" of their API references.
_JSON = {
    **_BACKUP,
    Kind.EXPIRED: Words("ExpiredTokenException", _EXPIRED, 400),
    Kind.SKEWED: Words("InvalidSignatureException", _SKEWED, 400),
}
_QUERY = {
    **_BACKUP,
    Kind.THROTTLE: Words("Throttling", "Rate exceeded", 400),
    Kind.EXPIRED: Words("ExpiredToken", _EXPIRED, 403),
    Kind.SKEWED: Words("SignatureDoesNotMatch", _SKEWED, 403),
}
# Organizations API Reference, "Common Errors" and TooManyRequestsException.
_ORGANIZATIONS = {
    **_JSON,
    Kind.THROTTLE: Words(
        "TooManyRequestsException", "You have sent too many requests in too short a period of time.", 400
    ),
}
# Amazon EC2 API Reference, "Error codes for the Amazon EC2 API".
_EC2_ERROR = Words("InternalError", "An internal error has occurred", 500)
_EC2 = {
    Kind.THROTTLE: Words("RequestLimitExceeded", "Request limit exceeded.", 503),
    Kind.ERROR_BEFORE: _EC2_ERROR,
    Kind.ERROR_AFTER: _EC2_ERROR,
    Kind.UNAVAILABLE: Words("Unavailable", "The server is overloaded and can't handle the request.", 503),
    Kind.EXPIRED: Words("RequestExpired", "Request has expired.", 400),
    Kind.SKEWED: Words("RequestExpired", "Request has expired.", 400),
}
# Amazon S3 API Reference, "Error Responses".
_S3_ERROR = Words("InternalError", "We encountered an internal error. Please try again.", 500)
_S3 = {
    Kind.THROTTLE: Words("SlowDown", "Please reduce your request rate.", 503),
    Kind.ERROR_BEFORE: _S3_ERROR,
    Kind.ERROR_AFTER: _S3_ERROR,
    Kind.UNAVAILABLE: Words("ServiceUnavailable", "Service is unable to handle request.", 503),
    Kind.EXPIRED: Words("ExpiredToken", "The provided token has expired.", 400),
    Kind.SKEWED: Words(
        "RequestTimeTooSkewed",
        "The difference between the request time and the server's time is too large.",
        403,
    ),
}
_OF: Mapping[str, Mapping[Kind, Words]] = {
    "backup": _BACKUP,
    "cloudformation": _QUERY,
    "ec2": _EC2,
    "elasticfilesystem": _BACKUP,
    "iam": _QUERY,
    "monitoring": _QUERY,
    "organizations": _ORGANIZATIONS,
    "rds": _QUERY,
    "s3": _S3,
    "sns": _QUERY,
    "sts": _QUERY,
}


def words(service: str, kind: Kind) -> Words:
    """What a service says of a fault; `KeyError` for faults about which nothing is said."""
    return _OF.get(service, _JSON)[kind]
