"""Which version of the provider a configuration needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backstay_aws.terraform import reading
from backstay_aws.terraform.block import BASE_VERSION, Block


def needed_version(document: Mapping[str, Any]) -> str:
    """The first version that has every argument and block of a configuration in Terraform's JSON syntax, parsed.

    Never less than the version that the schema was recorded from. What is not recorded needs nothing.
    """
    known = {"resource": reading.resources, "data": reading.data_sources}
    versions = {BASE_VERSION}
    for kind, read in known.items():
        for name, labels in document.get(kind, {}).items():
            block = read().get(name)
            if block is not None:
                versions.update(version for body in labels.values() for version in _needs(block, body))
    return max(versions, key=_number)


def _needs(block: Block, body: Mapping[str, Any]) -> Iterator[str]:
    yield block.since
    yield from (block.arguments[name].since for name in body if name in block.arguments)
    for name, inner in block.blocks.items():
        given = body.get(name, [])
        for one in given if isinstance(given, list) else [given]:
            if isinstance(one, Mapping):
                yield from _needs(inner, one)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
