"""Tags of what AWS Backup owns: plans, vaults, fully managed recovery points and others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backstay_aws import arns
from backstay_local.backup import errors
from backstay_local.backup.rows import Tags
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.store import Table
from backstay_local.wire.call import Call, Listing

MAXIMUM = 50
_RESERVED = "aws:"


def of(state: State, arn: str) -> dict[str, str]:
    """The tags of something; none when it never had any."""
    found = state.tables.tags.get(arn)
    return dict(found.tags) if found else {}


def all_of(state: State, account: str, region: str) -> list[tuple[str, dict[str, str]]]:
    """What carries tags in an account and Region, by ARN, so far as it is AWS Backup's own."""
    prefix = f"arn:{arns.partition_of(region)}:backup:{region}:{account}:"
    found = state.tables.tags.where("arn >= ? AND arn < ?", prefix, prefix + "~", order="arn")
    return [(row.arn, row.tags) for row in found]


def put(state: State, arn: str, tags: Mapping[str, str]) -> None:
    """Set the tags of something, all of them."""
    if tags:
        state.tables.tags.put(Tags(arn, dict(tags)))
    else:
        state.tables.tags.discard(arn)


def check(tags: Mapping[str, str], *, most: int = MAXIMUM) -> None:
    """Refuse tags that AWS does not take, or more than so many."""
    if len(tags) > most:
        raise errors.invalid(f"A resource cannot have more than {most} user tags.")
    reason = problem(tags)
    if reason is not None:
        raise errors.invalid(reason)


def problem(tags: Mapping[str, str]) -> str | None:
    """Why AWS does not take one of these tags."""
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or len(value) > 256:
            return "Tag keys must have 1 to 128 characters and tag values 0 to 256."
        if key.lower().startswith(_RESERVED):
            return f"Tag key {key} begins with {_RESERVED}, which is reserved for AWS use."
    return None


def _exists(state: State, call: Call, arn: str) -> None:
    """Refuse an ARN that is not one of the caller's things that AWS Backup keeps tags of."""
    tables = state.tables
    if not arn.startswith("arn:") or ":backup:" not in arn:
        raise errors.invalid(f"Tags of {arn} cannot be managed through AWS Backup; use the service's own API.")
    owned = ("account = ? AND region = ? AND arn = ?", call.account, call.region, arn)
    tagged: tuple[Table[Any], ...] = (
        tables.vaults,
        tables.points,
        tables.holds.holds,
        tables.tiering.configurations,
        tables.access.points,
        tables.audits.frameworks,
        tables.audits.report_plans,
        tables.restore_testing.plans,
    )
    if (
        all(table.first(*owned) is None for table in tagged)
        and tables.plans.first("account = ? AND region = ? AND arn = ? AND deleted IS NULL", *owned[1:]) is None
    ):
        raise errors.not_found(f"Resource {arn} does not exist.")


def _tag_resource(state: State, call: Call, params: Facts) -> Facts:
    arn = params["ResourceArn"]
    _exists(state, call, arn)
    merged = of(state, arn) | params["Tags"]
    if len(merged) > MAXIMUM:
        raise errors.too_many(f"Resource {arn} cannot have more than {MAXIMUM} tags.")
    check(params["Tags"])
    put(state, arn, merged)
    return {}


def _untag_resource(state: State, call: Call, params: Facts) -> Facts:
    arn = params["ResourceArn"]
    _exists(state, call, arn)
    gone = set(params["TagKeyList"])
    put(state, arn, {key: value for key, value in of(state, arn).items() if key not in gone})
    return {}


def _list_tags(state: State, call: Call, params: Facts) -> Listing:
    _exists(state, call, params["ResourceArn"])
    tags = sorted(of(state, params["ResourceArn"]).items())
    return Listing("Tags", ((key, {key: value}) for key, value in tags if call.after is None or key > call.after))


OPERATIONS: Operations = {
    "TagResource": _tag_resource,
    "UntagResource": _untag_resource,
    "ListTags": _list_tags,
}
