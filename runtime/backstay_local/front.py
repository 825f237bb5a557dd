"""The front: looks at who signed for which service, and lets the right part answer."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from . import beside, sts
from .backup.trail.lookup import Asking
from .credentials import Caller, Keyring, Scope, root, scope
from .denial import denial
from .faults.act import Answer, act
from .faults.decide import UNHARMED, Asked
from .faults.naming import names_of, operation_of
from .faults.words import words
from .instant.address import address
from .organizations.overlay import Overlay, parameters
from .shares import VaultShares
from .transport import INSIDE, TRUSTED
from .wire.call import AwsError
from .wire.engine import Facts, RestJson
from .wire.message import Request, Response, put_body, read_request
from .world import digests, images, managed_policies, places
from .world.keys import plain
from .world.world import World, partition_of

if TYPE_CHECKING:
    from .backup.service import BackupService
    from .cloudformation.service import CloudFormation
    from .faults.book import Faults
    from .faults.rules import Kind
    from .world.substrate import Substrate

_UNKNOWN_KEY = "The security token included in the request is invalid."
_UNSIGNED = "The request must be signed with AWS Signature Version 4."

# moto's own pages, which reset or show everything to anybody.
_READS = ("List", "Describe")
_BACK_DOORS = ("/moto-api", "/latest/meta-data/", "/latest/api/")

_log = logging.getLogger(__name__)

StartResponse = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request with what the front found out about it."""

    request: Request
    scope: Scope
    caller: Caller
    id: str

    @property
    def target(self) -> str:
        """The operation that a JSON protocol names in its header."""
        return self.request.headers.get("x-amz-target", "").rpartition(".")[2]

    def refused(self, code: str, message: str, status: int, **members: str) -> Response:
        """An error in the form of the request's protocol."""
        return denial(self.request, self.scope.service, code, message, status, self.id, **members)


class Front:
    """A WSGI application: Backup and CloudFormation of our own, overlays on Organizations and STS, the rest moto's."""

    def __init__(
        self,
        engine: RestJson,
        blocks: Callable[[], RestJson],
        stacks: Callable[[], CloudFormation],
        keyring: Keyring,
        world: World,
        now: Callable[[], datetime],
        tick: Callable[[], None],
        shares: VaultShares,
        backup: BackupService,
        faults: Faults,
        wait: Callable[[float], object],
        moved: Callable[[], None],
    ) -> None:
        """`tick` lets AWS Backup catch up with the clock; it is called before each of its requests.

        `backup` is asked for what it adds to other services: CloudTrail, CloudWatch, the tagging API, and S3, for what
        a backup access point shows. `blocks` gives the EBS direct API, `stacks` CloudFormation; both are loaded when
        somebody first asks for them. What `faults` ask for befalls all requests but AWS's own; `wait` lets seconds of
        real time go by. `moved` is called when accounts may have come, gone or moved.
        """
        self._engine = engine
        self._blocks = blocks
        self._stacks = stacks
        self._keyring = keyring
        self._world = world
        self._substrate: Substrate = world.substrate
        self._overlay = Overlay(world, now)
        self._now = now
        self._tick = tick
        self._shares = shares
        self._backup = backup
        self._policies = world.policies
        self._faults = faults
        self._wait = wait
        self._moved = moved

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, dated by our clock, whoever answers."""

        def dated(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            kept = [pair for pair in headers if pair[0].lower() != "date"]
            return start_response(status, [*kept, ("Date", _http_date(self._now().replace(microsecond=0)))], *more)

        return self._reply(environ, dated)

    def _reply(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = read_request(environ)
        visit = self._visit(request, environ.get(TRUSTED))
        if isinstance(visit, Response):
            return send(visit, start_response)
        asked = partial(_asked, visit)
        verdict = UNHARMED if environ.get(INSIDE) else self._faults.judge(asked)

        def answer(start: StartResponse) -> Iterable[bytes]:
            return self._work(visit, verdict.lag, environ, start)

        def refuse(kind: Kind) -> Answer:
            told = words(visit.scope.service, kind)
            return partial(send, visit.refused(told.code, told.message, told.status))

        return act(verdict, answer, refuse, self._wait, start_response)

    def _work(
        self, visit: Visit, lag: timedelta, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            response = self._answer(visit, lag)
            if response is None:
                return self._elsewhere(visit, environ, start_response)
        except AwsError as error:
            response = visit.refused(error.code, error.message, error.status, **error.members)
        except Exception as error:
            _log.exception("%s %s", visit.request.method, visit.request.path)
            sentence = f"The embedded AWS failed: {type(error).__name__}: {error}"
            response = visit.refused("InternalFailure", sentence, 500)
        return send(response, start_response)

    def _visit(self, request: Request, trusted: str | None) -> Visit | Response:
        """Who it is and what for; a refusal for those who are nobody here."""
        request_id = str(uuid.uuid4())
        signed = scope(request)
        if signed is None:
            return denial(request, "s3", "MissingAuthenticationToken", _UNSIGNED, 403, request_id)
        partition = partition_of(signed.region)
        caller = root(trusted, partition) if trusted else self._keyring.caller(signed.access_key, partition)
        if caller is None:
            code = "UnrecognizedClientException"
            return denial(request, signed.service, code, _UNKNOWN_KEY, 403, request_id)
        return Visit(request, signed, caller, request_id)

    def _answer(self, visit: Visit, lag: timedelta) -> Response | None:
        """Our own answer, or None where moto's will do; lists of AWS Backup are behind by `lag`."""
        match visit.scope.service:
            case "backup":
                self._tick()
                facts = self._facts(visit)
                return self._engine.handle(visit.request, replace(facts, settled=facts.now - lag) if lag else facts)
            case "ebs":
                return self._blocks().handle(visit.request, self._facts(visit))
            case "cloudtrail" if visit.target == "LookupEvents":
                return _json(self._trail(visit), visit.id)
            case "cloudformation":
                return self._stacks().handle(visit.request, self._facts(visit))
            case "kms" if visit.target == "Sign":
                account, region = visit.caller.account, visit.scope.region
                signature = digests.signed(self._substrate, account, region, visit.request.body)
                return None if signature is None else _json(signature, visit.id)
            case "sts":
                return sts.answer(visit.request, visit.caller, self._world, visit.id)
            case "organizations":
                with self._substrate.inside():
                    found = self._overlay.answer(visit.target, visit.caller, parameters(visit.request.body))
                self._substrate.touched = True
                self._follow()
                if found is not None and not visit.target.startswith(_READS):
                    self._moved()
                return None if found is None else _json(found, visit.id)
            case "s3" if (place := address(visit.request)) is not None:
                from .instant.answer import Reads

                self._tick()
                return Reads(self._backup.shown, self._world).handle(visit.request, place, visit.caller, visit.id)
            case "ram":
                self._tick()
                return self._shares.answer(visit.request, self._facts(visit))
        return None

    def _provide(self, visit: Visit) -> None:
        """Give moto what AWS has from the start and moto makes only when asked."""
        match visit.scope.service:
            case "iam":
                managed_policies.provide(visit.caller.account, visit.request.body)
            case service if service in images.SERVICES:
                if b"Action=DeleteSnapshot" in visit.request.body:
                    self._world.blocks.settle(visit.caller.account, visit.scope.region)
                images.provide(visit.caller.account, visit.scope.region, visit.request.body)
            case service if service in places.SERVICES:
                places.provide(service)

    def _beside(self, visit: Visit) -> AbstractContextManager[None]:
        service = visit.scope.service
        if service not in beside.SERVICES:
            return nullcontext()
        self._tick()
        return beside.shown(service, visit.target, visit.request, self._facts(visit), self._backup, self._world)

    def _trail(self, visit: Visit) -> Mapping[str, Any]:
        """CloudTrail's LookupEvents, so far as it is about AWS Backup."""
        self._tick()
        asking = Asking(visit.caller.account, visit.scope.region, self._now())
        return self._backup.lookup(asking, parameters(visit.request.body))

    def _follow(self) -> None:
        """Let AWS Backup make plans of backup policies as soon as they are others than it knows."""
        if self._world.policies != self._policies:
            self._policies = self._world.policies
            self._tick()

    def _facts(self, visit: Visit) -> Facts:
        caller, scope, now = visit.caller, visit.scope, self._now()
        shown = now.replace(microsecond=now.microsecond // 1000 * 1000)  # AWS shows milliseconds
        agent = visit.request.headers.get("user-agent", "")
        return Facts(caller.account, scope.region, caller.principal, shown, visit.id, scope.access_key, agent)

    def _elsewhere(self, visit: Visit, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Let moto answer in the caller's account; what it has not got becomes a 501 with a code."""
        if visit.request.path.startswith(_BACK_DOORS):
            return send(visit.refused("AccessDenied", "There is no way in here.", 403), start_response)
        organizations = visit.scope.service == "organizations"
        account = visit.caller.account
        if organizations:
            account = self._overlay.acting(visit.target, visit.caller, parameters(visit.request.body))
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        if visit.scope.service == "kms":
            put_body(environ, plain(visit.target, visit.request.body))
        with self._substrate.inside():
            self._provide(visit)
        answer: list[Any] = []
        writing = self._dating(visit)
        try:
            with self._beside(visit):
                body = b"".join(self._substrate(environ, lambda *given: answer.extend(given[:2])))
            status, headers = answer[-2:]
            missing = int(status[:3]) >= 400 and body.lstrip()[:9].lower() == b"<!doctype"
            reason = "moto does not answer it"
        except Exception as error:
            missing, reason = True, f"{type(error).__name__}: {error}"
        if writing is not None:
            writing()
        if missing:
            sentence = f"This embedded AWS does not have this behaviour of {visit.scope.service} ({reason})."
            return send(visit.refused("NotImplementedException", sentence, 501), start_response)
        if organizations and not visit.target.startswith(_READS):
            with self._substrate.inside():
                self._overlay.changed(visit.caller)
            self._follow()
            self._moved()
        shown = self._shown(visit, body) if int(status[:3]) < 400 else body
        if shown is not body:
            body = shown
            headers = [pair for pair in headers if pair[0].lower() != "content-length"]
            headers.append(("Content-Length", str(len(body))))
        start_response(status, headers)
        return [body]

    def _shown(self, visit: Visit, body: bytes) -> bytes:
        """What moto answered, with what only we know."""
        match visit.scope.service:
            case "sts":
                return sts.in_time(body, self._now())
            case "ram":
                return self._shares.joined(visit.request, self._facts(visit), body)
        return body

    def _dating(self, visit: Visit) -> Callable[[], None] | None:
        """What has to follow a write to S3: versions are dated by our clock, on which backups go back in time."""
        if visit.scope.service != "s3" or visit.request.method not in ("PUT", "POST", "DELETE"):
            return None
        bucket, _, rest = visit.request.path[1:].partition("/")
        objects, key = self._world.objects, unquote(rest) or None
        with self._substrate.inside():
            known = objects.known(bucket, key)

        def date() -> None:
            with self._substrate.inside():
                objects.date(bucket, key, known, self._now())

        return date


def send(response: Response, start_response: StartResponse) -> Iterable[bytes]:
    """Hand a response to the WSGI server."""
    headers = list(response.headers)
    if not any(name == "Content-Length" for name, _ in headers):  # the answer to HEAD has it, and no body
        headers.append(("Content-Length", str(len(response.body))))
    start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
    return [response.body]


@lru_cache(maxsize=2)
def _http_date(second: datetime) -> str:
    return format_datetime(second, usegmt=True)


def _asked(visit: Visit) -> Asked:
    service = visit.scope.service
    operation = operation_of(visit.request, service)
    return Asked(names_of(service), operation, visit.caller.account, visit.scope.region)


def _json(members: Mapping[str, Any], request_id: str) -> Response:
    import orjson

    headers = (("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", request_id))
    return Response(200, headers, orjson.dumps(members))
