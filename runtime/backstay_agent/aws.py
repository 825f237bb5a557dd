"""The way to AWS: sessions, roles, paging, retries, errors, and AWS's own time. The only importer of botocore.

There is one client for each service and Region, whatever the number of accounts: the credentials that sign a call come
from a context variable (a client costs milliseconds, a signature microseconds). Calls may come from many threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore import xform_name
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError, ProfileNotFound
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.session import Session

from backstay_agent import permit
from backstay_aws import arns

DEFAULT_ROLE = "backstay-agent"
BOOTSTRAP_ROLE = "OrganizationAccountAccessRole"
_SESSION_NAME = "backstay"
_REFRESH_BEFORE = timedelta(minutes=10)
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
# Legacy mode, because the newer ones retry LimitExceededException, which is a quota in AWS Backup and stays.
_RETRIES: Any = {"mode": "legacy", "total_max_attempts": 6}
_POOL = 64

_acting: ContextVar[ReadOnlyCredentials | None] = ContextVar("backstay_acting", default=None)


class AwsProblem(Exception):  # noqa: N818 -- told as a fact about an account, seldom an error of ours
    """A call that failed, after all retries: where, which operation, AWS's code and sentence."""

    def __init__(self, account: str, region: str, operation: str, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.account = account
        self.region = region
        self.operation = operation
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code} from {self.operation} in {self.account}, {self.region}: {self.message}"


class UnreachableError(Exception):
    """AWS, or the endpoint in its place, could not be reached at all, or the caller has no credentials."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where AWS is and who is calling. Without `keys`, the usual AWS configuration (and `profile`) decides."""

    url: str | None = None
    profile: str | None = None
    region: str | None = None
    keys: tuple[str, str] | None = None
    role_name: str = DEFAULT_ROLE
    role_path: str = "/"
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call that has ended, retries and all: where, what, how long it took, and how it ended.

    `seconds` is wall time with every retry in it; `retries` is 0 where the first attempt was the last; `code` is None
    where AWS did what was asked, else AWS's error code (or the transport's); `request_id` is the last attempt's.
    """

    account: str
    region: str
    service: str
    operation: str
    seconds: float
    retries: int
    code: str | None
    request_id: str | None


Listener = Callable[[Call], None]


@dataclass(frozen=True, slots=True)
class _Assumed:
    credentials: ReadOnlyCredentials
    renew_at: float
    """On the monotonic clock, so that neither side's wall clock matters."""


class _FromContext(Credentials):  # type: ignore[misc, unused-ignore]
    """Credentials that are those of whoever the current context acts as."""

    def __init__(self) -> None:
        super().__init__("", "")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        acting = _acting.get()
        if acting is None:
            raise NoCredentialsError
        return acting


class Aws:
    """AWS as one caller sees it: own account directly, every other account through a role there."""

    def __init__(self, endpoint: Endpoint, *, role: str | None = None) -> None:
        """Nothing is called yet. `role` replaces the endpoint's role name and path."""
        self.endpoint = endpoint
        self._role = role or f"{endpoint.role_path.strip('/')}/{endpoint.role_name}".lstrip("/")
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._roles: dict[str, _Assumed] = {}
        self._account_locks: dict[str, threading.Lock] = {}
        self._times: dict[str, datetime] = {}
        self._caller: str | None = None
        self._listeners: tuple[Listener, ...] = ()
        self._own, self._session = self._sessions()

    def _sessions(self) -> tuple[Credentials, Any]:
        endpoint = self.endpoint
        try:
            base: Any = Session(profile=endpoint.profile)
            if endpoint.keys:
                base.set_credentials(*endpoint.keys)
            own = base.get_credentials()
        except ProfileNotFound as error:
            raise UnreachableError(f"{error}") from error
        except BotoCoreError as error:
            raise UnreachableError(f"the AWS configuration cannot be used: {error}") from error
        if own is None:
            raise UnreachableError("no AWS credentials: configure them, name a --profile, or use --local")
        base._credentials = _FromContext()
        base.register("before-parameter-build", permit.before_parameter_build)
        base.register("after-call", self._remember_time)
        return own, base

    def _remember_time(self, http_response: Any, model: Any, **_: Any) -> None:
        text = http_response.headers.get("Date")
        if text:
            self._times[model.service_model.service_name] = parsedate_to_datetime(text).astimezone(UTC)

    def listen(self, listener: Listener) -> None:
        """Have `listener` told of each call after it has ended, from whichever thread made it; it must not raise."""
        self._listeners = (*self._listeners, listener)

    def _tell(
        self, account: str, region: str, service: str, operation: str, begun: float, answer: Any, code: str | None
    ) -> None:
        if not self._listeners:
            return
        facts: Mapping[str, Any] = (answer or {}).get("ResponseMetadata", {})
        seconds, retries = time.monotonic() - begun, facts.get("RetryAttempts", 0)
        call = Call(account, region, service, operation, seconds, retries, code, facts.get("RequestId"))
        for listener in self._listeners:
            listener(call)

    @property
    def botocore_session(self) -> Any:
        """The botocore session underneath, for event handlers (a transport, a recorder)."""
        return self._session

    @property
    def now(self) -> datetime:
        """The time that AWS Backup gave with its latest answer (before there is one, STS); never the local clock."""
        self.caller()
        return self._times.get("backup") or self._times["sts"]

    @property
    def region(self) -> str:
        """The Region for what belongs to no Region in particular: as given, as configured, or AWS's first."""
        return self.endpoint.region or self._session.get_config_variable("region") or "us-east-1"

    def caller(self) -> str:
        """The account of the caller; raises UnreachableError when nobody answers or the credentials are refused."""
        if self._caller is None:
            self._caller = self._who()
        return self._caller

    def _who(self) -> str:
        region = self.region
        where = f"at {self.endpoint.url}" if self.endpoint.url else "with the AWS configuration in force"
        quick = Config(retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=15)
        try:
            client = self._session.create_client(
                "sts", region_name=region, endpoint_url=self.endpoint.url, config=quick
            )
            return str(self._signed(self._own_credentials(), client.get_caller_identity)["Account"])
        except (NoConnectionError, HTTPClientError) as error:
            raise UnreachableError(f"no answer {where}: {error}") from error
        except ClientError as error:
            detail = error.response["Error"]
            raise UnreachableError(
                f"the credentials were refused {where}: {detail['Code']}: {detail['Message']}"
            ) from error
        except (BotoCoreError, ValueError) as error:
            raise UnreachableError(f"AWS cannot be used {where}: {error}") from error

    def call(self, account: str, region: str, service: str, operation: str, **members: Any) -> dict[str, Any]:
        """One call, in an account and Region; `operation` and `members` in AWS's spelling. Raises AwsProblem."""
        try:
            return self._call(account, region, service, operation, members)
        except AwsProblem as problem:
            if problem.code not in _EXPIRED or account == self.caller():
                raise
            with self._lock:
                self._roles.pop(account, None)
            return self._call(account, region, service, operation, members)

    def pages(
        self, account: str, region: str, service: str, operation: str, member: str, **members: Any
    ) -> Iterator[dict[str, Any]]:
        """Every item of a list operation, page after page."""
        for answer in self.answers(account, region, service, operation, **members):
            yield from answer.get(member, ())

    def answers(
        self, account: str, region: str, service: str, operation: str, **members: Any
    ) -> Iterator[dict[str, Any]]:
        """Every page of a list operation."""
        token: dict[str, str] = {}
        while True:
            answer = self.call(account, region, service, operation, **members, **token)
            yield answer
            following = answer.get("NextToken")
            if not following:
                return
            token = {"NextToken": following}

    def _call(
        self, account: str, region: str, service: str, operation: str, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        credentials = self._credentials(account, region)
        begun = time.monotonic()
        where = account, region, service, operation, begun
        try:
            method = getattr(self._client(service, region), xform_name(operation))
            answer: dict[str, Any] = self._signed(credentials, method, **members)
            self._tell(*where, answer, None)
            return answer
        except ClientError as error:
            detail = error.response["Error"]
            self._tell(*where, error.response, detail.get("Code", "Unknown"))
            raise AwsProblem(
                account, region, operation, detail.get("Code", "Unknown"), detail.get("Message", str(error))
            ) from error
        except BotoCoreError as error:
            self._tell(*where, None, type(error).__name__)
            raise AwsProblem(account, region, operation, type(error).__name__, str(error)) from error

    def _signed(self, credentials: ReadOnlyCredentials, method: Callable[..., Any], **members: Any) -> dict[str, Any]:
        before = _acting.set(credentials)
        try:
            answer: dict[str, Any] = method(**members)
            return answer
        finally:
            _acting.reset(before)

    def _client(self, service: str, region: str) -> Any:
        with self._lock:
            client = self._clients.get((service, region))
            if client is None:
                config = Config(retries=_RETRIES, connect_timeout=10, read_timeout=60, max_pool_connections=_POOL)
                client = self._session.create_client(
                    service, region_name=region, endpoint_url=self.endpoint.url, config=config
                )
                self._clients[service, region] = client
            return client

    def _own_credentials(self) -> ReadOnlyCredentials:
        frozen: ReadOnlyCredentials = self._own.get_frozen_credentials()
        return frozen

    def _credentials(self, account: str, region: str) -> ReadOnlyCredentials:
        if account == self.caller():
            return self._own_credentials()
        with self._lock:
            lock = self._account_locks.setdefault(account, threading.Lock())
        with lock:
            assumed = self._roles.get(account)
            if assumed is None or assumed.renew_at <= time.monotonic():
                assumed = self._assume(account, region)
                self._roles[account] = assumed
            return assumed.credentials

    def _assume(self, account: str, region: str) -> _Assumed:
        role = arns.role(arns.partition_of(region), account, self._role)
        external = {"ExternalId": self.endpoint.external_id} if self.endpoint.external_id else {}
        where = account, region, "sts", "AssumeRole", time.monotonic()
        try:
            answer = self._signed(
                self._own_credentials(),
                self._client("sts", region).assume_role,
                RoleArn=role,
                RoleSessionName=_SESSION_NAME,
                **external,
            )
            self._tell(*where, answer, None)
        except BotoCoreError as error:
            self._tell(*where, None, type(error).__name__)
            raise AwsProblem(account, region, "AssumeRole", type(error).__name__, str(error)) from error
        except ClientError as error:
            detail = error.response["Error"]
            self._tell(*where, error.response, detail.get("Code", "Unknown"))
            message = f"assuming {self._role}: {detail.get('Message', '')}"
            raise AwsProblem(account, region, "AssumeRole", detail.get("Code", "Unknown"), message) from error
        given = answer["Credentials"]
        keys = ReadOnlyCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        lifetime = given["Expiration"].astimezone(UTC) - self._times["sts"]
        return _Assumed(keys, time.monotonic() + (lifetime - _REFRESH_BEFORE).total_seconds())
