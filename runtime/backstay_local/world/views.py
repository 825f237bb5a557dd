"""What moto's tagging API does not see: AWS Backup's own resources, and those of services that take no part in it.

moto walks through its registries of backends; for the time of one request stand-ins for these stand among them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from .substrate import Substrate, backends, registries

Tagged = tuple[str, str, Mapping[str, str]]
"""ARN, type as the tagging API spells it (`backup:backup-vault`), tags."""

_lock = threading.Lock()


@contextmanager
def seen(
    substrate: Substrate, account: str, region: str, backups: Iterable[Tagged], refused: Iterable[str]
) -> Iterator[None]:
    """Let moto see these resources of AWS Backup, and what other services have.

    Tags of the former were set already when moto comes to them, except of the ARNs that are `refused`.
    """
    made = [
        _Registry("backup", _backup_view()(account, region, tuple(backups), frozenset(refused))),
        *(
            _Registry(service, view(account, region))
            for service, view in _service_views().items()
            if substrate.used(service, account, (region,))
        ),
    ]
    with _lock:
        known = registries()
        known.extend(made)
        try:
            yield
        finally:
            for one in made:
                known.remove(one)


class _Registry:
    """What moto takes for a registry of backends, with one backend of one account and Region."""

    def __init__(self, service: str, view: Any) -> None:
        self.service_name = f"backstay-{service}"
        self.backend = type(view)
        self._view = view
        self.regions: list[str] = []

    def __contains__(self, place: str) -> bool:
        return place in (self._view.account_id, self._view.region_name)

    def __getitem__(self, place: str) -> Any:
        return self if place == self._view.account_id else self._view


@cache
def _backup_view() -> Any:
    from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

    class Backup(TaggableResourcesMixin):  # type: ignore[misc]  # moto is untyped here
        SERVICE_NAMESPACE = "backup"

        def __init__(self, account: str, region: str, found: tuple[Tagged, ...], refused: frozenset[str]) -> None:
            self.account_id, self.region_name, self._found, self._refused = account, region, found, refused

        def owns_arn(self, arn: str) -> bool:
            return arn.split(":", 3)[2:3] == ["backup"]

        def iter_tagged_resources(self) -> Iterator[Any]:
            return (TaggedResource(arn, dict(tags), kind) for arn, kind, tags in self._found)

        def tag_resource(self, arn: str, tags: dict[str, str]) -> None:  # noqa: ARG002  (done before)
            self._settled(arn)

        def untag_resource(self, arn: str, tag_keys: list[str]) -> None:  # noqa: ARG002  (done before)
            self._settled(arn)

        def _settled(self, arn: str) -> None:
            if arn in self._refused:
                raise NotImplementedError  # what moto turns into an entry of FailedResourcesMap

    return Backup


@cache
def _service_views() -> dict[str, Any]:
    from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

    class View(TaggableResourcesMixin):  # type: ignore[misc]  # moto is untyped here
        SERVICE_NAMESPACE = "none"

        def __init__(self, account: str, region: str) -> None:
            self.account_id, self.region_name, self.partition = account, region, _partition(region)

        def iter_tagged_resources(self) -> Iterator[Any]:
            kind, service = self.kind, backends(self.service)[self.account_id][self.region_name]
            return (TaggedResource(arn, tags, kind) for arn, tags in self.tagged(service))

        def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
            backends(self.service)[self.account_id][self.region_name].tag_resource(arn, self.spelt(tags))

        def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
            backends(self.service)[self.account_id][self.region_name].untag_resource(arn, tag_keys)

        def spelt(self, tags: dict[str, str]) -> Any:
            return _pairs(tags)

    class Redshift(View):
        SERVICE_NAMESPACE = service = "redshift"
        kind = "redshift:cluster"

        def tagged(self, service: Any) -> Iterator[tuple[str, dict[str, str]]]:
            return ((one.arn, _named(one.tags)) for one in service.clusters.values())

        def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
            backends(self.service)[self.account_id][self.region_name].create_tags(arn, _pairs(tags))

        def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
            backends(self.service)[self.account_id][self.region_name].delete_tags(arn, tag_keys)

    class Timestream(View):
        SERVICE_NAMESPACE = "timestream"
        service, kind = "timestream-write", "timestream:database"

        def tagged(self, service: Any) -> Iterator[tuple[str, dict[str, str]]]:
            tags = service.tagging_service.list_tags_for_resource
            return ((one.arn, _named(tags(one.arn)["Tags"])) for one in service.databases.values())

    class Eks(View):
        SERVICE_NAMESPACE = service = "eks"
        kind = "eks:cluster"

        def tagged(self, service: Any) -> Iterator[tuple[str, dict[str, str]]]:
            return ((one.arn, dict(one.tags or {})) for one in service.clusters.values())

        def spelt(self, tags: dict[str, str]) -> Any:
            return tags

    return {"redshift": Redshift, "timestream-write": Timestream, "eks": Eks}


def _named(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in tags}


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _partition(region: str) -> str:
    from moto.utilities.utils import get_partition

    return str(get_partition(region))
