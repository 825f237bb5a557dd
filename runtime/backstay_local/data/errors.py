"""The one way in which keeping or giving back data fails, told in the words that AWS used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from backstay_local.wire.call import AwsError


class DataError(Exception):
    """A backup, copy or restore cannot be done; the text is fit for a job's status message."""


@contextmanager
def in_aws_words() -> Iterator[None]:
    """Turn what the services answer with (KMS, S3, DynamoDB, ...) into a `DataError`; let slips of ours through."""
    try:
        yield
    except AwsError as error:
        raise DataError(error.message) from error
    except Exception as error:
        words = _words(error)
        if words is None:
            raise
        raise DataError(words) from error


def _words(error: Exception) -> str | None:
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        answer = error.response
        told = answer.get("Error", {})
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        facts = f"Operation: {error.operation_name}; Status Code: {status}; Error Code: {told.get('Code', 'Unknown')}"
        return f"{told.get('Message', 'The call failed.')} ({facts})"
    if isinstance(error, BotoCoreError):
        return str(error)
    return None
