"""Who signs: the caller in the own account, in every other one a role that is taken there, anew before it runs out."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from botocore.credentials import ReadOnlyCredentials

from backstay_agent.aws.attempts import Attempts, Identity, Request
from backstay_agent.aws.endpoint import Endpoint
from backstay_agent.aws.errors import AwsProblem
from backstay_agent.aws.timing import Timing
from backstay_agent.aws.transport import Transport
from backstay_agent.writers import AGENT
from backstay_aws import arns

_REFRESH_BEFORE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Assumed:
    credentials: ReadOnlyCredentials
    renew_at: float
    """On the monotonic clock, so that neither side's wall clock matters."""


class Roles:
    """The roles that were taken so far, by account. For all threads: an account's role is taken once at a time."""

    def __init__(self, endpoint: Endpoint, role: str | None, transport: Transport, attempts: Attempts, timing: Timing):
        self._external = {"ExternalId": endpoint.external_id} if endpoint.external_id else {}
        self._role = role or f"{endpoint.role_path.strip('/')}/{endpoint.role_name}".lstrip("/")
        self._transport, self._attempts, self._timing = transport, attempts, timing
        self._lock = threading.Lock()
        self._taken: dict[str, _Assumed] = {}
        self._locks: dict[str, threading.Lock] = {}

    def caller(self) -> Identity:
        """The caller itself."""
        return Identity(self._transport.own, self._transport.reload)

    def in_account(self, account: str, region: str) -> Identity:
        """The role in an account; asked for through a Region's STS. `get` raises AwsProblem."""
        return Identity(lambda: self._get(account, region), lambda: self._forget(account))

    def _forget(self, account: str) -> None:
        with self._lock:
            self._taken.pop(account, None)

    def _get(self, account: str, region: str) -> ReadOnlyCredentials:
        with self._lock:
            lock = self._locks.setdefault(account, threading.Lock())
        with lock:
            assumed = self._taken.get(account)
            if assumed is None or assumed.renew_at <= self._timing.monotonic():
                assumed = self._assume(account, region)
                self._taken[account] = assumed
            return assumed.credentials

    def _assume(self, account: str, region: str) -> _Assumed:
        arn = arns.role(arns.partition_of(region), account, self._role)
        members: dict[str, Any] = {"RoleArn": arn, "RoleSessionName": AGENT, **self._external}
        try:
            answer = self._attempts.run(Request(account, region, "sts", "AssumeRole", members), self.caller())
        except AwsProblem as problem:
            message = problem.message if problem.failure == "skew" else f"assuming {self._role}: {problem.message}"
            raise AwsProblem(
                account,
                region,
                "AssumeRole",
                problem.code,
                message,
                failure=problem.failure,
                attempts=problem.attempts,
            ) from problem
        given = answer["Credentials"]
        keys = ReadOnlyCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        lifetime = given["Expiration"].astimezone(UTC) - self._transport.times["sts"]
        return _Assumed(keys, self._timing.monotonic() + (lifetime - _REFRESH_BEFORE).total_seconds())
