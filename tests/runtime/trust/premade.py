"""Clients that a warm process has made beforehand: a forked agent asks botocore for one, and gets it at once.

A client is made of a service's model, an endpoint and a configuration; what a session adds to it are credentials and
handlers of events, and these are put on here as the session of the agent has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Key = tuple[str, str, str]
"""Service, Region and endpoint of a client."""

_made: dict[Key, tuple[Any, Any]] = {}
_asked: list[Key] = []


def make(keys: Iterable[Key]) -> None:
    """Have clients ready, made as the agent's own transport makes them."""
    from botocore.session import Session

    from backstay_agent.aws.transport import _CONFIG

    for key in keys:
        if key not in _made:
            service, region, url = key
            session = Session()
            session.set_credentials("ready", "made")
            client = session.create_client(service, region_name=region, endpoint_url=url, config=_CONFIG)
            _made[key] = client, _CONFIG


def asked() -> tuple[Key, ...]:
    """Those that this process had to make itself."""
    return tuple(_asked)


def hand_out() -> None:
    """From now on sessions of this process, which is an agent's, take what is ready, with their own handlers."""
    from botocore.handlers import BUILTIN_HANDLERS
    from botocore.session import Session

    create, register = Session.create_client, Session.register
    before = {id(entry[1]) for entry in BUILTIN_HANDLERS[:-1]}  # the last one is the line's
    own: dict[int, list[tuple[str, Any]]] = {}

    def remembered(self: Any, event: str, handler: Any, *rest: Any, **more: Any) -> None:
        if id(handler) not in before:
            own.setdefault(id(self), []).append((event, handler))
        register(self, event, handler, *rest, **more)

    def handed(self: Any, service: str, region_name: str, endpoint_url: str, config: Any) -> Any:
        key = (service, region_name, endpoint_url)
        client, made_with = _made.pop(key, (None, None))
        if client is None or made_with is not config:
            _asked.append(key)
            return create(self, service, region_name, endpoint_url=endpoint_url, config=config)
        client._request_signer._credentials = self._credentials
        for event, handler in own.get(id(self), ()):
            client.meta.events.register(event, handler)
        return client

    Session.register, Session.create_client = remembered, handed
