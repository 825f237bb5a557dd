"""What a single value in a backup policy may be: one row a leaf, each with what Organizations was seen to check.

Sources: recorded admissions of backup policies (published 2026-09), AWS Organizations User Guide "Backup policy
syntax and examples" (read 2026-11). A leaf without a row takes any text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from backstay_aws import catalog

from .text import Scalar

Check = Callable[[str], str | None]
"""What is wrong with a value, in words that go on from "`x` ..."; None if nothing is."""

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\$account:role/.+")
_ANY_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+")
_COPY = re.compile(
    r"arn:aws[a-z-]*:backup:[a-z]{2,}(-[a-z]+)+-[0-9]+:(\$account|[0-9]{12}):backup-vault:[a-z0-9_-]{1,50}"
)
_AIR_GAPPED = re.compile(r"arn:aws[a-z-]*:backup:\$region:\$account:backup-vault:[A-Za-z0-9._-]{1,50}")
_VAULT = re.compile(r"[A-Za-z0-9_-]{1,50}")
_INTEGER = re.compile(r"[0-9]{1,16}")  # checked as text: `060` passes, `60.0`, `+60` and `1e2` do not
_TAG = re.compile(r"aws:resourcetag/.+", re.IGNORECASE | re.DOTALL)
_PARTITION = re.compile(r"arn:aws(-[a-z]+)*:")

NAME = re.compile(r"[A-Za-z0-9._-]{1,50}")
NAMED = frozenset({("plans",), ("plans", "*", "rules")})
"""The maps whose keys are names of plans and rules."""
NAME_REASON = "is no name: 1 to 50 letters, digits, `.`, `-` and `_`"


def wrong(path: tuple[str, ...], value: Scalar, partition: str | None = None) -> str | None:
    """What is wrong with a value at a path of the grammar (`*` where the author chose the name)."""
    if path[-1] == "not_resource_types" or path[-3:] == ("resources", "*", "resource_types"):
        return _type_pattern(value.text, partition)
    for length in (1, 2):
        check = _CHECKS.get(path[-length:])
        if check is not None:
            return check(value.text)
    return None


def copy_key(name: str) -> str | None:
    """What is wrong with the key of a copy action."""
    if _COPY.fullmatch(name.lower()):
        return None
    return "is no backup vault's ARN: a Region, `$account` or twelve digits, and a vault's name"


def whole(text: str) -> int | None:
    """The whole number that a text is to Organizations; None if it is none."""
    return int(text) if _INTEGER.fullmatch(text) else None


def _integer(least: int) -> Check:
    def check(text: str) -> str | None:
        number = whole(text)
        if number is not None and number >= least:
            return None
        return f"is no whole number of at least {least} (digits only, at most 16)"

    return check


def _one_of(*values: str) -> Check:
    allowed = ", ".join(f"`{value}`" for value in values)
    return lambda text: None if text in values else f"is none of {allowed}"


def _length(least: int, most: int) -> Check:
    return lambda text: None if least <= len(text) <= most else f"has {len(text)} characters; {least} to {most} may be"


def _vault(text: str) -> str | None:
    return None if _VAULT.fullmatch(text) else "is no vault name: 1 to 50 letters, digits, `-` and `_`"


def _region(text: str) -> str | None:
    if catalog.region(text) is not None:
        return None
    return "names no Region" + ("; there is no way to say all Regions" if "*" in text else "")


def _role(text: str) -> str | None:
    if _ROLE.fullmatch(text):
        return None
    if _ANY_ROLE.fullmatch(text):
        return "names a role of one account; write `$account` instead of the account's id"
    return "is no role's ARN of the form `arn:aws:iam::$account:role/NAME`"


def _air_gapped(text: str) -> str | None:
    if _AIR_GAPPED.fullmatch(text):
        return None
    return "must be `arn:aws:backup:$region:$account:backup-vault:NAME`, with both placeholders"


def _condition_key(text: str) -> str | None:
    return None if _TAG.fullmatch(text) else "must be `aws:ResourceTag/` and a tag's key"


def _type_pattern(text: str, partition: str | None) -> str | None:
    found = _PARTITION.match(text)
    if text == "*":
        return None
    if found and f"arn:{{partition}}:{text[found.end() :]}" in _patterns():
        right = partition is None or text.startswith(f"arn:{partition}:")
        return None if right else f"is of another partition; it must begin with `arn:{partition}:`"
    return "is neither `*` nor the pattern of a resource type (single resources cannot be named)"


@cache
def _patterns() -> frozenset[str]:
    rows = [kind for row in catalog.resource_types() for kind in (row, *row.kinds)]
    return frozenset(pattern for row in rows for pattern in row.patterns)


_ABLED = _one_of("enabled", "disabled")
_CHECKS: Mapping[tuple[str, ...], Check] = {
    ("regions",): _region,
    ("start_backup_window_minutes",): _integer(60),
    ("complete_backup_window_minutes",): _integer(60),
    ("delete_after_days",): _integer(1),
    ("move_to_cold_storage_after_days",): _integer(1),
    ("enable_continuous_backup",): _one_of("true", "false"),
    ("opt_in_to_archive_for_supported_resources",): _one_of("true", "false"),
    ("target_backup_vault_name",): _vault,
    ("target_backup_vault_arn",): copy_key,
    ("target_logically_air_gapped_backup_vault_arn",): _air_gapped,
    ("iam_role_arn",): _role,
    ("scanner_role_arn",): _role,
    ("tag_key",): _length(1, 128),
    ("tag_value",): _length(0, 256),
    ("condition_key",): _condition_key,
    ("index_actions", "resource_types"): _one_of("EBS", "S3"),
    ("guardduty", "resource_types"): _one_of("EBS", "EC2", "S3", "ALL"),
    ("scan_mode",): _one_of("FULL_SCAN", "INCREMENTAL_SCAN"),
    ("windows_vss",): _ABLED,
    ("backup_acls",): _ABLED,
    ("backup_object_tags",): _ABLED,
}
MAY_BE_EMPTY = frozenset({"regions"})
"""The lists that may be assigned with nothing in them; every other operator on a list needs an entry."""
