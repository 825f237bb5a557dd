"""The doors under `/_local/`: status, seed, clock, faults, check, approvals, shutdown; with the management key."""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .data import DataError
from .faults.rules import Rule
from .seed.problem import SeedError
from .wire.message import Request, Response

if TYPE_CHECKING:
    from .app import LocalAws

PREFIX = "/_local/"


def answer(aws: LocalAws, request: Request) -> Response:
    """Do what is asked, for those who may."""
    if not _known(aws, request.headers.get("authorization", "")):
        return _json(403, {"error": "these doors open only with the management account's access key and secret"})
    door = _DOORS.get((request.method, request.path.removeprefix(PREFIX)))
    if door is None:
        return _json(404, {"error": f"there is no {request.method} {request.path}"})
    try:
        params = _arguments(request) | json.loads(request.body or b"{}")
        return _json(200, door(aws, params))
    except (SeedError, DataError) as error:
        return _json(400, {"error": str(error)})
    except (LookupError, TypeError, ValueError) as error:
        return _json(400, {"error": f"the request cannot be read: {error}"})


def _arguments(request: Request) -> dict[str, Any]:
    """The query of the URL, for doors that are opened without a body."""
    return {name: values[-1] for name, values in request.arguments().items()}


def _known(aws: LocalAws, authorization: str) -> bool:
    expected = base64.b64encode(f"{aws.access_key}:{aws.secret_key}".encode()).decode()
    return hmac.compare_digest(authorization.encode(), f"Basic {expected}".encode())


def _status(aws: LocalAws, _: Any) -> Mapping[str, Any]:
    organization = aws.world.organization()
    return {
        "pid": os.getpid(),
        "data": str(aws.folder.resolve()),
        "now": aws.clock.now().isoformat(timespec="seconds"),
        "clock_ahead_seconds": round(aws.clock.offset.total_seconds(), 3),
        "management_account": aws.management_account,
        "organization": organization.id if organization else None,
        "accounts": len(organization.members) if organization else 0,
    }


def _clock(aws: LocalAws, _: Any) -> Mapping[str, Any]:
    return {"now": aws.clock.now().isoformat(timespec="milliseconds")}


def _advance(aws: LocalAws, params: Any) -> Mapping[str, Any]:
    seconds = float(params["seconds"])
    if seconds < 0:
        raise ValueError("the clock only goes forward")
    aws.advance(timedelta(seconds=seconds))
    return _clock(aws, params)


def _check(aws: LocalAws, _: Any) -> Mapping[str, Any]:
    return {"problems": aws.check()}


def _seed(aws: LocalAws, params: Any) -> Mapping[str, Any]:
    return aws.seed_texts([(file["name"], file["text"]) for file in params["files"]]).to_json()


def _approvals(aws: LocalAws, _: Any) -> Mapping[str, Any]:
    return {"pending": aws.approvals()}


def _decide(aws: LocalAws, params: Any) -> Mapping[str, Any]:
    decision, session = params["decision"], str(params["session"])
    if decision not in ("approve", "deny"):
        raise ValueError("the decision is approve or deny")
    (aws.approve if decision == "approve" else aws.deny)(session)
    return _approvals(aws, params)


def _metering(aws: LocalAws, _: Any) -> Mapping[str, Any]:
    return {"meters": [asdict(one) for one in aws.backup.meters()]}


def _resources(aws: LocalAws, _: Any) -> Mapping[str, Any]:
    return {"resources": [asdict(one) for one in aws.world.declared.all()]}


def _declare(aws: LocalAws, params: Any) -> Mapping[str, Any]:
    for one in params["resources"]:
        tags = {str(key): str(value) for key, value in dict(one.get("tags") or {}).items()}
        description = dict(one.get("description") or {})
        aws.declare(one["arn"], one["type"], tags=tags, description=description, size=int(one.get("size") or 0))
    return {"declared": len(params["resources"])}


def _withdraw(aws: LocalAws, params: Any) -> Mapping[str, Any]:
    return {"withdrawn": aws.world.declared.remove(params["arn"])}


def _faults(aws: LocalAws, _: Any) -> Mapping[str, Any]:
    return {"faults": [entry.to_json() for entry in aws.faults.list()]}


def _add_fault(aws: LocalAws, params: Any) -> Mapping[str, Any]:
    return {"id": aws.faults.put(Rule.from_json(params))}


def _clear_faults(aws: LocalAws, params: Any) -> Mapping[str, Any]:
    return {"cleared": aws.faults.clear(params.get("id"))}


def _shutdown(aws: LocalAws, _: Any) -> Mapping[str, Any]:
    aws.stopping.set()
    return {"stopping": True}


_DOORS: Mapping[tuple[str, str], Callable[[LocalAws, Any], Mapping[str, Any]]] = {
    ("GET", "status"): _status,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _advance,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "check"): _check,
    ("POST", "seed"): _seed,
    ("GET", "approvals"): _approvals,
    ("POST", "approvals"): _decide,
    ("GET", "metering"): _metering,
    ("GET", "resources"): _resources,
    ("POST", "resources"): _declare,
    ("DELETE", "resources"): _withdraw,
    ("POST", "shutdown"): _shutdown,
}


def _json(status: int, members: Mapping[str, Any]) -> Response:
    return Response(status, (("Content-Type", "application/json"),), json.dumps(members).encode())
