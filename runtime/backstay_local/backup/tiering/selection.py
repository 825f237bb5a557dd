"""ResourceSelection of a tiering configuration: what AWS does not take in it, and what it says of a bucket. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from backstay_aws import catalog
from backstay_local.backup import errors, kinds
from backstay_local.backup.rows import Json
from backstay_local.wire.call import AwsError

ALL = "*"
_TYPE = "S3"  # "currently limited to S3" (API reference, ResourceSelection)


def refusal(selections: Sequence[Json]) -> AwsError | None:
    """Why AWS does not take these selections, if it does not."""
    if not selections:
        return errors.missing("ResourceSelection must have at least one element.")
    most = catalog.limit("tiering_selections")
    if len(selections) > most:
        return errors.too_many(f"A tiering configuration cannot have more than {most} resource selections.")
    most = catalog.limit("tiering_resources")
    if sum(len(one["Resources"]) for one in selections) > most:
        return errors.too_many(f"A tiering configuration cannot have more than {most} resources.")
    return next((found for one in selections if (found := _refusal(one)) is not None), None)


def _refusal(selection: Json) -> AwsError | None:
    if selection["ResourceType"] != _TYPE:
        return errors.invalid(f"ResourceType of a tiering configuration must be {_TYPE}.")
    if not selection["Resources"]:
        return errors.missing("Resources must name buckets by their ARNs, or be the wildcard * alone.")
    if ALL in selection["Resources"]:
        alone = len(selection["Resources"]) == 1
        return None if alone else errors.invalid("Resources has the wildcard * beside other elements.")
    wrong = next((arn for arn in selection["Resources"] if kinds.of_arn(arn) != _TYPE), None)
    return None if wrong is None else errors.invalid(f"{wrong} is not the ARN of an S3 bucket.")


def days_of(selections: Sequence[Json], resource_arn: str) -> int | None:
    """After how many days data of a bucket move, if they are selected; being named goes before the wildcard."""
    for wanted in (resource_arn, ALL):
        found = [one["TieringDownSettingsInDays"] for one in selections if wanted in one["Resources"]]
        if found:
            return int(min(found))
    return None
