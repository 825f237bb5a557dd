"""Amazon's machine images, made where a request first asks for them: all of them everywhere are a megabyte a place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .substrate import backends

SERVICES = frozenset({"ec2", "autoscaling"})
"""Services whose requests name images."""

_NAMED = re.compile(rb"ami-[0-9a-f]{8,17}")
_EVERY = b"Action=DescribeImages"


def provide(account: str, region: str, body: bytes) -> None:
    """Make the images of moto's catalogue that a request names, or all when it looks for some (call it inside)."""
    named = {name.decode() for name in _NAMED.findall(body)}
    if not named and _EVERY not in body:
        return
    from moto.ec2.models.amis import Ami

    backend, known = backends("ec2")[account][region], _catalogue(region)
    for name in sorted(named.intersection(known)) if named else known:
        if name not in backend.amis and name not in backend.deleted_amis:
            backend.amis[name] = Ami(backend, **known[name])


@lru_cache(maxsize=4)
def _catalogue(region: str) -> Mapping[str, Mapping[str, Any]]:
    """What moto knows of each image that Amazon owns, by its id."""
    from moto.core.parse import default_timestamp_parser
    from moto.ec2.models.amis import AMIS
    from moto.utilities.utils import load_resource

    rows: list[dict[str, Any]] = [dict(row) for row in AMIS]
    for folder in ("latest_amis", "ecs/optimized_amis"):
        try:
            rows += load_resource(f"ec2/resources/{folder}/{region}.json")
        except FileNotFoundError:
            continue
    found = {}
    for row in rows:
        created = row.get("creation_date")
        dates = {"creation_date": default_timestamp_parser(created)} if isinstance(created, str) else {}
        found[str(row["ami_id"])] = row | {"owner_alias": "amazon"} | dates
    return found
