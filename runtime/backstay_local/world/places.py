"""Regions that a service has in AWS and moto does not know of: added before an account's first call there."""

from __future__ import annotations

from typing import Any

from backstay_aws import catalog

from .substrate import backends

SERVICES = {"dsql": ("dsql",), "timestream": ("timestream-write", "timestream-query")}
"""Services whose Regions moto has written down, by the name that requests are signed for -> moto's registries."""


def provide(service: str) -> None:
    """Let a service be everywhere (call it inside)."""
    everywhere = [region.name for region in catalog.regions()]
    for name in SERVICES[service]:
        registry: Any = backends(name)
        if registry._additional_regions is not everywhere:
            registry._additional_regions = everywhere
