"""The tags of a place, in one call where that can be trusted.

The Resource Groups Tagging API gives the tags of a whole place page by page, but it may lag behind (API Reference,
`GetResources`: eventual consistency; read 2026-11-29). So it is believed only where nothing follows from it: a thing of
ours whose tags are as wanted, or one that nobody wants and that bears other tags. About everything else AWS Backup
itself is asked, one by one: whatever the index does not know may be ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import OWNER_TAG, is_ours
from backstay_aws import arns

_SERVICE = "resourcegroupstaggingapi"
_TYPES = ["backup:backup-vault", "backup:backup-plan"]
_WORTH_IT = 2
"""From so many resources on the index is asked at all."""
_PAGE = 100  # the most that a page holds
_TYPE = re.compile("[:/]")


class Tags:
    """The tags in one account and Region; every method but the index raises AwsProblem."""

    def __init__(self, aws: Aws, account: str, region: str, organization: str) -> None:
        self._aws, self._place, self._organization = aws, (account, region), organization
        self._index: Mapping[str, dict[str, str]] = {}

    @cached_property
    def ours(self) -> Mapping[str, dict[str, str]] | None:
        """The tags of all that bears our tag, by ARN; None where the index cannot be asked."""
        filters = [{"Key": OWNER_TAG, "Values": [self._organization]}]
        try:
            return self._tagged(TagFilters=filters)
        except AwsProblem as problem:
            if problem.operation == "AssumeRole":
                raise
            return None

    def kinds(self) -> frozenset[str] | None:
        """The types of which anything is ours (`backup:framework`); None where the index cannot be asked."""
        if self.ours is None:
            return None
        parsed = (arns.parse(arn) for arn in self.ours)
        return frozenset(f"{arn.service}:{_TYPE.split(arn.resource)[0]}" for arn in parsed if arn is not None)

    def anything_ours(self) -> bool:
        """Whether anything at all in the place bears our tag; also True where the index cannot be asked."""
        return self.ours is None or bool(self.ours)

    def prepare(self, resources: Collection[str]) -> None:
        """Ask the index of others, where there are enough resources (by ARN) that are not ours to be worth it."""
        if self.ours is None:
            return
        self._index = self.ours
        if len(set(resources) - self._index.keys()) < _WORTH_IT:
            return
        try:
            self._index = self._tagged(ResourceTypeFilters=_TYPES)
        except AwsProblem as problem:
            if problem.operation == "AssumeRole":
                raise

    def _tagged(self, **members: Any) -> dict[str, dict[str, str]]:
        return {
            item["ResourceARN"]: _by_name(item["Tags"])
            for answer in self._asked(**members)
            for item in answer["ResourceTagMappingList"]
        }

    def _asked(self, **members: Any) -> Iterator[dict[str, Any]]:
        asked = {"ResourcesPerPage": _PAGE, **members}
        return self._aws.answers(*self._place, _SERVICE, "GetResources", token="PaginationToken", **asked)

    def knows(self, arn: str) -> bool:
        """Whether the index has a resource."""
        return arn in self._index

    def of(self, arn: str, wish: Mapping[str, str] | None) -> dict[str, str]:
        """The tags of a resource. `wish` are those that it should have, None for one that nobody wants."""
        indexed = self._index.get(arn)
        if indexed is not None and self._may_be_believed(indexed, wish):
            return indexed
        tags: dict[str, str] = {}
        for answer in self._aws.answers(*self._place, "backup", "ListTags", ResourceArn=arn):
            tags |= answer.get("Tags", {})
        return dict(sorted(tags.items()))

    def _may_be_believed(self, indexed: Mapping[str, str], wish: Mapping[str, str] | None) -> bool:
        ours = is_ours(indexed, self._organization)
        if wish is None:
            return not ours
        return ours and all(indexed.get(name) == value for name, value in wish.items())


def _by_name(tags: list[dict[str, str]]) -> dict[str, str]:
    return dict(sorted((tag["Key"], tag["Value"]) for tag in tags))
