"""Ids where AWS lets nobody choose one: moto's object is put under the id that an inventory names."""

from __future__ import annotations

from typing import Any

from .substrate import Substrate, backends


def volume_exists(substrate: Substrate, account: str, region: str, name: str) -> bool:
    """Whether there is a volume of that id."""
    with substrate.inside():
        return name in backends("ec2")[account][region].volumes


def volume(substrate: Substrate, account: str, region: str, made: str, name: str) -> None:
    """Give a volume its id."""
    with substrate.inside():
        backend = backends("ec2")[account][region]
        held = backend.volumes.pop(made)
        held.id = name
        backend.volumes[name] = held
        _tags(backend, made, name)
        substrate.touched = True


def instance_exists(substrate: Substrate, account: str, region: str, name: str) -> bool:
    """Whether there is an instance of that id."""
    with substrate.inside():
        return any(one.id == name for one in backends("ec2")[account][region].all_instances())


def instance(substrate: Substrate, account: str, region: str, made: str, name: str) -> None:
    """Give an instance its id."""
    with substrate.inside():
        backend = backends("ec2")[account][region]
        backend.get_instance(made).id = name
        _tags(backend, made, name)
        substrate.touched = True


def file_system_exists(substrate: Substrate, account: str, region: str, name: str) -> bool:
    """Whether there is a file system of that id."""
    with substrate.inside():
        return name in backends("efs")[account][region].file_systems_by_id


def file_system(substrate: Substrate, account: str, region: str, made: str, name: str) -> None:
    """Give a file system its id, and the ARN that follows from it."""
    with substrate.inside():
        backend = backends("efs")[account][region]
        held = backend.file_systems_by_id.pop(made)
        held.file_system_id = name
        held.file_system_arn = held.file_system_arn.replace(made, name)
        backend.file_systems_by_id[name] = held
        tags = backend.tagging_service.tags
        if made in tags:
            tags[name] = tags.pop(made)
        substrate.touched = True


def exists(substrate: Substrate, service: str, held: str, account: str, region: str, name: str) -> bool:
    """Whether a service holds something of that id in one of its backend's dictionaries."""
    if not substrate.used(service, account, (region,)):
        return False
    with substrate.inside():
        return name in getattr(backends(service)[account][region], held)


def shared_files(substrate: Substrate, account: str, region: str, made: str, name: str) -> None:
    """Give an FSx file system its id, and the ARN that follows from it."""
    with substrate.inside():
        backend = backends("fsx")[account][region]
        held = backend.file_systems.pop(made)
        before, held.file_system_id = held.resource_arn, name
        held.resource_arn = before.replace(made, name)
        backend.file_systems[name] = held
        backend.tagger.copy_tags(before, held.resource_arn)
        substrate.touched = True


def distributed(substrate: Substrate, account: str, region: str, made: str, name: str) -> None:
    """Give an Aurora DSQL cluster its id, and the ARN that follows from it."""
    with substrate.inside():
        backend = backends("dsql")[account][region]
        held = backend.clusters.pop(made)
        held.identifier, held.arn = name, held.arn.replace(made, name)
        backend.clusters[name] = held
        substrate.touched = True


def _tags(backend: Any, made: str, name: str) -> None:
    """EC2 keeps tags by id, beside the things that have them."""
    if made in backend.tags:
        backend.tags[name] = backend.tags.pop(made)
