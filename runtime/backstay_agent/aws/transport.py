"""Sends one request and gives what came of it: sessions, clients, signatures. Nothing is tried twice here.

There is one client for each service and Region, whatever the number of accounts: the credentials that sign a call come
from a context variable (a client costs milliseconds, a signature microseconds). Calls may come from many threads.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from botocore import xform_name
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ProfileNotFound
from botocore.parsers import ResponseParserError
from botocore.session import Session

from backstay_agent import permit
from backstay_agent.aws.endpoint import Endpoint
from backstay_agent.aws.errors import UnreachableError
from backstay_agent.aws.pace import ALL
from backstay_agent.aws.timing import Timing
from backstay_agent.writers import AGENT


def _version() -> str:
    try:
        return version("backstay")
    except PackageNotFoundError:  # the bare folders on the path, nothing installed
        return "0"


# Retries are ours (`retries.py`): botocore's legacy mode knows no clock skew and no renewal, its newer ones repeat
# LimitExceededException, which is a quota in AWS Backup.
_CONFIG = Config(
    retries={"mode": "legacy", "total_max_attempts": 1},
    connect_timeout=5,
    read_timeout=30,
    max_pool_connections=ALL,
    user_agent_extra=f"{AGENT}/{_version()}",
)

_acting: ContextVar[ReadOnlyCredentials | None] = ContextVar("backstay_acting", default=None)


class Failed(Exception):  # noqa: N818 -- carries one attempt's failure to whoever decides about the next
    """An attempt that failed. `status` is None where nobody answered; `skew` is in seconds, None where not known."""

    def __init__(self, code: str, message: str, status: int | None, headers: Mapping[str, str], skew: float | None):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers
        self.skew = skew

    @property
    def request_id(self) -> str | None:
        """AWS's id of the attempt."""
        return self.headers.get("x-amzn-requestid") or self.headers.get("x-amz-request-id")


class _FromContext(Credentials):  # type: ignore[misc, unused-ignore]
    """Credentials that are those of whoever the current context acts as."""

    def __init__(self) -> None:
        super().__init__("", "")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        acting = _acting.get()
        if acting is None:
            raise NoCredentialsError
        return acting


class Transport:
    """The clients of one process, all of them on one botocore session."""

    def __init__(self, endpoint: Endpoint, timing: Timing) -> None:
        """Nothing is called yet. Raises UnreachableError when the AWS configuration cannot be used."""
        self._endpoint = endpoint
        self._timing = timing
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self.times: dict[str, datetime] = {}
        """The time that each service gave with its latest answer."""
        self.session: Any = _configured(endpoint)
        self._own = _credentials(self.session)
        self.session._credentials = _FromContext()
        self.session.register("before-parameter-build", permit.before_parameter_build)
        self.session.register("after-call", self._remember_time)

    def _remember_time(self, http_response: Any, model: Any, **_: Any) -> None:
        moment = _date(http_response.headers)
        if moment is not None:
            self.times[model.service_model.service_name] = moment

    def own(self) -> ReadOnlyCredentials:
        """The caller's own credentials, refreshed where their kind can be."""
        with self._lock:
            own = self._own
        try:
            frozen: ReadOnlyCredentials = own.get_frozen_credentials()
            return frozen
        except BotoCoreError as error:
            raise UnreachableError(f"the caller's credentials cannot be had: {error}") from error

    def reload(self) -> None:
        """Read the caller's own credentials anew from where they come from, after AWS said that they have expired."""
        fresh = _credentials(_configured(self._endpoint))
        with self._lock:
            self._own = fresh

    def operation(self, service: str, region: str, operation: str) -> Any:
        """botocore's model of an operation; raises Failed where there is no such service, Region or operation."""
        try:
            return self._client(service, region).meta.service_model.operation_model(operation)
        except (BotoCoreError, ValueError) as error:
            raise Failed(type(error).__name__, str(error), None, {}, None) from error

    def send(
        self, credentials: ReadOnlyCredentials, region: str, service: str, operation: str, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """One attempt; raises Failed."""
        before = _acting.set(credentials)
        try:
            answer: dict[str, Any] = getattr(self._client(service, region), xform_name(operation))(**members)
            return answer
        except ClientError as error:
            raise self._failed(error) from error
        except (BotoCoreError, ValueError) as error:
            raise Failed(type(error).__name__, str(error), None, {}, None) from error
        except ResponseParserError as error:
            raise Failed("UnreadableAnswer", str(error).split("\n", 1)[0], 502, {}, None) from error
        finally:
            _acting.reset(before)

    def _failed(self, error: ClientError) -> Failed:
        detail, facts = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
        headers = {name.lower(): value for name, value in facts.get("HTTPHeaders", {}).items()}
        moment = _date(headers)
        skew = self._timing.wall() - moment.timestamp() if moment else None
        code = detail.get("Code") or "Unknown"
        return Failed(str(code), detail.get("Message") or str(error), facts.get("HTTPStatusCode"), headers, skew)

    def _client(self, service: str, region: str) -> Any:
        client = self._clients.get((service, region))
        if client is not None:
            return client
        with self._lock:
            client = self._clients.get((service, region))
            if client is None:
                client = self.session.create_client(
                    service, region_name=region, endpoint_url=self._endpoint.url, config=_CONFIG
                )
                self._clients[service, region] = client
            return client


def with_tokens(model: Any, members: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The members, with a token where the model has one and the caller gave none; and whether there is one.

    The token is made before the first attempt, so that all attempts carry the same.
    """
    names = model.idempotent_members
    given = {name: str(uuid.uuid4()) for name in names if name not in members} | dict(members)
    return given, bool(names)


def _configured(endpoint: Endpoint) -> Any:
    try:
        session: Any = Session(profile=endpoint.profile)
        if endpoint.keys:
            session.set_credentials(*endpoint.keys)
        session.get_credentials()
        return session
    except ProfileNotFound as error:
        raise UnreachableError(f"{error}") from error
    except BotoCoreError as error:
        raise UnreachableError(f"the AWS configuration cannot be used: {error}") from error


def _credentials(session: Any) -> Credentials:
    own = session.get_credentials()
    if own is None:
        raise UnreachableError("no AWS credentials: configure them, name a --profile, or use --local")
    credentials: Credentials = own
    return credentials


def _date(headers: Mapping[str, str]) -> datetime | None:
    text = headers.get("date") or headers.get("Date")
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None
