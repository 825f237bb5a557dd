"""What can be wrong with a parameter, and which of AWS's error codes says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from .call import AwsError

if TYPE_CHECKING:
    from botocore.model import OperationModel


class Wrong(Enum):
    """The kinds of violation of the model."""

    MISSING = "missing"
    TYPE = "type"
    FORMAT = "format"
    RANGE = "range"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Problem:
    """One violation: where (`BackupPlan.Rules[0].RuleName`) and what."""

    kind: Wrong
    place: str
    text: str


# Literal meaning of the modelled names, as the API pages use them: missing required -> MissingParameterValue, bad
# format, range or unknown option -> InvalidParameterValue. An operation that declares neither falls to the common
# ValidationException. (AWS Backup API Reference, "Common Errors" and the pages of the operations, read 2026-11.)
CODES: dict[Wrong, tuple[str, ...]] = {
    Wrong.MISSING: ("MissingParameterValueException", "InvalidParameterValueException"),
    Wrong.TYPE: ("InvalidParameterValueException",),
    Wrong.FORMAT: ("InvalidParameterValueException",),
    Wrong.RANGE: ("InvalidParameterValueException",),
    Wrong.CHOICE: ("InvalidParameterValueException",),
}
FALLBACK = "ValidationException"

# Constraints of the model that AWS does not keep itself (or that its own pages contradict): shape -> why.
UNENFORCED: dict[str, str] = {
    "ResourceType": "AWS's own types hold spaces (`SAP HANA on Amazon EC2`)",
    "AccountId": "list operations take `*` and ROOT",
    "ResourceArn": "the pattern wants a Region, which S3 ARNs do not have",
    "RecoveryPointArn": "snapshot and image ARNs have no account",
}
READING = ("Describe", "Get", "List", "Export")
UNENFORCED_WHEN_READING: dict[str, str] = {
    "BackupVaultName": "a read of a badly named vault is answered as a read of one that does not exist",
}


def enforced(shape: str, operation: str) -> bool:
    """Whether pattern and length of `shape` count for `operation`."""
    if shape in UNENFORCED:
        return False
    return not (shape in UNENFORCED_WHEN_READING and operation.startswith(READING))


def complaint(problems: list[Problem], operation: OperationModel) -> AwsError:
    """The error for the first problem, with all of them in its message."""
    declared = {shape.name for shape in operation.error_shapes}
    first = problems[0]
    code = next((code for code in CODES[first.kind] if code in declared), FALLBACK)
    return AwsError(code, "; ".join(problem.text for problem in problems[:5]))
