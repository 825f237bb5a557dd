"""The errors of AWS Backup, in the words AWS uses where they are known."""

from __future__ import annotations

from collections.abc import Mapping

from backstay_local.wire.call import AwsError

DENIED = "Insufficient privileges to perform this action."
"""What AWS answers for a vault that does not exist, or that a vault policy closes (semantics §1)."""


def invalid(message: str, members: Mapping[str, str] | None = None) -> AwsError:
    """A parameter that AWS Backup does not take."""
    return AwsError("InvalidParameterValueException", message, members=members or {})


def missing(message: str) -> AwsError:
    """A parameter that should be there."""
    return AwsError("MissingParameterValueException", message)


def refused(message: str) -> AwsError:
    """Something that is not allowed now, whoever asks."""
    return AwsError("InvalidRequestException", message)


def busy(message: str) -> AwsError:
    """A recovery point that something else is working on."""
    return AwsError("InvalidResourceStateException", message)


def conflict(message: str) -> AwsError:
    """Something that is being changed already."""
    return AwsError("ConflictException", message)


def not_found(message: str) -> AwsError:
    """Something that does not exist."""
    return AwsError("ResourceNotFoundException", message)


def absent(what: str) -> AwsError:
    """Something that this embedded AWS does not do; never a false success."""
    return AwsError("NotImplementedException", f"This embedded AWS does not have {what} yet.", status=501)


def exists(message: str, *, token: str | None, arn: str | None = None) -> AwsError:
    """Something that exists already: its ARN, if it has one, and the token that it was made with."""
    members = {"Arn": arn, "CreatorRequestId": token}
    return AwsError("AlreadyExistsException", message, members={name: one for name, one in members.items() if one})


def too_many(message: str) -> AwsError:
    """A quota that is used up."""
    return AwsError("LimitExceededException", message)


def denied(message: str = DENIED) -> AwsError:
    """An action that the caller may not take."""
    return AwsError("AccessDeniedException", message, status=403)
