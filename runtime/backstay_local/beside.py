"""What AWS Backup adds to the answers of other services: metrics to CloudWatch, resources to the tagging API.

It is asked before the other service is, so that nobody waits for the store of AWS Backup inside of moto.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from .organizations.overlay import parameters
from .world import counts, views

if TYPE_CHECKING:
    from .backup.service import BackupService
    from .wire.engine import Facts
    from .wire.message import Request
    from .world.world import World

SERVICES = frozenset({"monitoring", "tagging"})
"""Services that AWS Backup adds something to, by the names that requests are signed for."""


def shown(
    service: str, target: str, request: Request, facts: Facts, backup: BackupService, world: World
) -> AbstractContextManager[None]:
    """A block within which moto's answer to a request has AWS Backup's part in it."""
    if service == "monitoring":
        return _metrics(target, request, facts, backup)
    if service == "tagging":
        params = parameters(request.body)
        refused = _tag(target, params, facts, world) if target in ("TagResources", "UntagResources") else []
        found = backup.tagged(facts.account, facts.region)
        return views.seen(world.substrate, facts.account, facts.region, found, refused)
    return nullcontext()


def _metrics(target: str, request: Request, facts: Facts, backup: BackupService) -> AbstractContextManager[None]:
    """Numbers for a request that names the namespace of AWS Backup, or lists the metrics of all.

    The names in a request are the same texts in each of the three protocols that CloudWatch speaks.
    """
    text = unquote_plus(f"{request.path} {request.query} {request.body.decode('latin-1')}")
    listing = "ListMetrics" in target or "ListMetrics" in text
    if counts.NAMESPACE not in text and not (listing and "Namespace" not in text):
        return nullcontext()
    return counts.told(backup.counts(facts.account, facts.region, facts.now, text, listing=listing))


def _tag(target: str, params: Mapping[str, Any], facts: Facts, world: World) -> list[str]:
    """Set or take the tags of AWS Backup's own resources; gives those that it refused."""
    from botocore.exceptions import ClientError, ParamValidationError

    client, refused = world.client("backup", facts.account, facts.region), []
    for arn in params.get("ResourceARNList", []):
        if arn.split(":", 3)[2:3] != ["backup"]:
            continue
        try:
            if target == "TagResources":
                client.tag_resource(ResourceArn=arn, Tags=params.get("Tags", {}))
            else:
                client.untag_resource(ResourceArn=arn, TagKeyList=params.get("TagKeys", []))
        except (ClientError, ParamValidationError):
            refused.append(arn)
    return refused
