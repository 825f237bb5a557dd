"""moto as one WSGI application whose state belongs to one embedded AWS."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar

from backstay_local.wire.model import loader

from .gate import Gate

# moto's own settings of a backend registry, which are not state.
_CONFIGURATION = frozenset({"backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id"})

State = dict[Any, tuple[dict[str, Any], dict[str, Any]]]
"""Registry of backends -> (its accounts, its further attributes)."""

StartResponse = Callable[..., Any]


class Substrate:
    """Everything that is not AWS Backup, as moto has it, apart from every other embedded AWS of this process."""

    _gate: ClassVar[Gate] = Gate()
    _resident: ClassVar[Substrate | None] = None

    def __init__(self) -> None:
        if "MOTO_ACCOUNT_ID" in os.environ:
            raise RuntimeError("MOTO_ACCOUNT_ID is set: it would put every account into one; unset it")
        # A thousand images in each account and Region: `images` makes those that somebody asks for.
        os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        self._away: State = {}
        self._touched = False
        self.changes = 0
        """How often a resource was, or may have been, changed: while it stands still, all are as they were."""
        self.writes = 0
        """How often anything at all was, or may have been, changed by a request, subscriptions and rules among it."""

    @property
    def touched(self) -> bool:
        """Whether anything may have changed since somebody set this to False."""
        return self._touched

    @touched.setter
    def touched(self, touched: bool) -> None:
        self._touched = touched
        self.changes += touched
        self.writes += touched

    def written(self) -> None:
        """Note that there is something new to store which changes no resource and no listener: a message."""
        self._touched = True

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Let moto answer one request."""
        writes = _writes(environ)
        with self.inside():
            chunks: Iterable[bytes] = _dispatcher()(environ, start_response)
            answer = [b"".join(chunks)]
            if writes:
                self._touched = True
                self.writes += 1
                self.changes += _service(environ) not in _BESIDE
            return answer

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Work on moto's objects directly; other requests of this embedded AWS go on meanwhile."""
        with self._gate.shared(self, self._move_in):
            yield

    @contextmanager
    def alone(self, patience: float) -> Iterator[bool]:
        """Work while nobody else does; False if there was no such moment within `patience` seconds."""
        with self._gate.alone(self, self._move_in, patience) as granted:
            yield granted

    def state(self) -> State:
        """The state in place (call it inside)."""
        return {registry: (dict(registry.items()), _further(registry)) for registry in registries()}

    def put(self, state: State) -> None:
        """Put `state` in place of what is there (call it inside)."""
        _clear()
        for registry, (accounts, further) in state.items():
            registry.__dict__.update(further)
            registry.update(accounts)
            if registry not in registries():
                registries().append(registry)

    def used(self, service: str, account: str, places: Iterable[str]) -> bool:
        """Whether a service's backend exists in one of an account's places; does not make it, nor load the service."""
        registry: Any = next((one for one in registries() if one.service_name == service), {})
        return account in registry and not set(places).isdisjoint(registry[account].keys())

    def loaded(self, service: str) -> bool:
        """Whether a service was ever loaded: where not, nobody has anything of it."""
        return any(one.service_name == service for one in registries())

    def forget(self) -> None:
        """Drop this state for good."""
        with self._gate.alone(self, self._move_in, 5.0):
            _clear()
            self._away = {}

    def _move_in(self) -> None:
        other = Substrate._resident
        if other is not None and other is not self:
            other._away = other.state()
        self.put(self._away)
        self._away = {}
        Substrate._resident = self


def backends(service: str) -> Any:
    """moto's registry of backends for a service: `backends("kms")[account][region]`."""
    from moto.backends import get_backend

    return get_backend(service)


@cache
def registries() -> list[Any]:
    """moto's list of its registries; moto is loaded here, and told to read botocore's files through our reader."""
    from moto.core.base_backend import AccountSpecificBackend, BackendDict

    AccountSpecificBackend.get_session()._session.register_component("data_loader", loader())
    instances: list[Any] = BackendDict._instances
    return instances


def _further(registry: Any) -> dict[str, Any]:
    return {
        name: dict(value) if isinstance(value, dict) else value
        for name, value in registry.__dict__.items()
        if name not in _CONFIGURATION
    }


def _clear() -> None:
    """Empty every registry, without moto's reset, which would also close the objects that are only put aside."""
    for registry in list(registries()):
        registry.clear()
        for name, value in registry.__dict__.items():
            if name not in _CONFIGURATION and isinstance(value, dict):
                registry.__dict__[name] = {}
    registries().clear()


@cache
def _dispatcher() -> Any:
    """moto's dispatcher, remembering which service a host means: it would list a folder at every request."""
    from functools import lru_cache

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]  # moto is untyped here
        @lru_cache(maxsize=4096)  # noqa: B019  # there is one dispatcher, as long as the process
        def get_backend_for_host(self, host: str | None) -> Any:
            return super().get_backend_for_host(host)

    return Dispatcher(create_backend_app)


_READS = ("describe", "get", "list", "head", "query", "scan", "batchget", "lookup", "search", "simulate", "encrypt",
          "decrypt", "generatedata")  # fmt: skip


# Services whose calls change nothing that can be backed up: a notification sent leaves every resource as it was.
_BESIDE = frozenset({"sns", "sqs", "events", "sts", "logs", "monitoring"})


def _service(environ: dict[str, Any]) -> str:
    """The service that a request is signed for; empty when it is not signed."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0].split("/")
    return scope[3].lower() if len(scope) > 3 else ""


def _writes(environ: dict[str, Any]) -> bool:
    """Whether a request may change state: a read that is taken for a write only costs a needless snapshot."""
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        return False
    action = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if not action and environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        head = environ["wsgi.input"].read(200)
        environ["wsgi.input"].seek(0)
        action = head.partition(b"Action=")[2].partition(b"&")[0].decode("latin-1")
    return not action.lower().startswith(_READS)
