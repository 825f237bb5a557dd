"""AWS as one caller sees it: every account and Region, calls and pages, and AWS's own time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from backstay_agent.aws import retries, skew
from backstay_agent.aws.attempts import Attempts, Identity, Request
from backstay_agent.aws.call import Listener
from backstay_agent.aws.classes import classify
from backstay_agent.aws.credentials import Roles
from backstay_agent.aws.endpoint import Endpoint
from backstay_agent.aws.errors import SkewedError, UnreachableError
from backstay_agent.aws.timing import Timing
from backstay_agent.aws.transport import Failed, Transport
from backstay_aws import arns

_TRIES_TO_REACH = 2
# Where STS is asked when the Region at hand does not answer: the Region of each partition that is always enabled.
_FIRST_REGIONS = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}


class Aws:
    """AWS as one caller sees it: own account directly, every other account through a role there."""

    def __init__(self, endpoint: Endpoint, *, role: str | None = None, timing: Timing | None = None) -> None:
        """Nothing is called yet. `role` replaces the endpoint's role name and path; `timing` is for tests."""
        self.endpoint = endpoint
        self._timing = timing or Timing()
        self._transport = Transport(endpoint, self._timing)
        self._attempts = Attempts(self._transport, self._timing)
        self._roles = Roles(endpoint, role, self._transport, self._attempts, self._timing)
        self._caller: str | None = None

    def listen(self, listener: Listener) -> None:
        """Have `listener` told of each call after it has ended, from whichever thread made it; it must not raise."""
        self._attempts.listen(listener)

    @property
    def botocore_session(self) -> Any:
        """The botocore session underneath, for event handlers (a transport, a recorder)."""
        return self._transport.session

    @property
    def now(self) -> datetime:
        """The time that AWS Backup gave with its latest answer (before there is one, STS); never the local clock."""
        self.caller()
        times = self._transport.times
        return times.get("backup") or times["sts"]

    @property
    def region(self) -> str:
        """The Region for what belongs to no Region in particular: as given, as configured, or AWS's first."""
        return self.endpoint.region or self.botocore_session.get_config_variable("region") or "us-east-1"

    def caller(self) -> str:
        """The account of the caller; raises UnreachableError when nobody answers or the credentials are refused."""
        if self._caller is None:
            self._caller = self._who()
        return self._caller

    def _who(self) -> str:
        began, attempt, region = self._timing.monotonic(), 0, self.region
        while True:
            attempt += 1
            try:
                answer = self._transport.send(self._transport.own(), region, "sts", "GetCallerIdentity", {})
                return str(answer["Account"])
            except Failed as failed:
                if failed.status is None:
                    region = _FIRST_REGIONS.get(arns.partition_of(region), region)
                wait = self._before_next(failed, attempt, self._timing.monotonic() - began)
                self._timing.sleep(wait)

    def _before_next(self, failed: Failed, attempt: int, elapsed: float) -> float:
        """Seconds until AWS is asked again who we are; raises UnreachableError where that is of no use."""
        where = f"at {self.endpoint.url}" if self.endpoint.url else "with the AWS configuration in force"
        kind = classify(failed.code, failed.message, failed.status, failed.skew)
        if kind == "skew":
            raise SkewedError(skew.sentence(failed.skew, self._timing.wall())) from failed
        if kind == "expired" and attempt == 1:
            self._transport.reload()
            return 0.0
        wish = retries.Failure(kind, retries.retry_after(failed.headers))
        wait = retries.pause(wish, attempt, elapsed, self._timing.chance(), repeatable=True)
        if wait is not None and (kind != "timeout" or attempt < _TRIES_TO_REACH):
            return wait
        if kind == "timeout":
            raise UnreachableError(f"no answer {where}: {failed.message}") from failed
        if failed.status is None:
            raise UnreachableError(f"AWS cannot be used {where}: {failed.message}") from failed
        if kind in ("throttle", "server"):
            raise UnreachableError(f"no useful answer {where}: {failed.code}: {failed.message}") from failed
        raise UnreachableError(f"the credentials were refused {where}: {failed.code}: {failed.message}") from failed

    def call(self, account: str, region: str, service: str, operation: str, **members: Any) -> dict[str, Any]:
        """One call, in an account and Region; `operation` and `members` in AWS's spelling. Raises AwsProblem.

        What failed for the moment is tried again, as `retries.py` says; expired credentials are renewed once.
        """
        return self._attempts.run(
            Request(account, region, service, operation, members), self._identity(account, region)
        )

    def enter(self, account: str, region: str) -> None:
        """Take the role in an account, if it is not taken yet; raises AwsProblem of `AssumeRole`."""
        self._identity(account, region).get()

    def _identity(self, account: str, region: str) -> Identity:
        return self._roles.caller() if account == self.caller() else self._roles.in_account(account, region)

    def pages(
        self, account: str, region: str, service: str, operation: str, member: str, **members: Any
    ) -> Iterator[dict[str, Any]]:
        """Every item of a list operation, page after page."""
        for answer in self.answers(account, region, service, operation, **members):
            yield from answer.get(member, ())

    def answers(
        self,
        account: str,
        region: str,
        service: str,
        operation: str,
        *,
        token: str = "NextToken",
        **members: Any,
    ) -> Iterator[dict[str, Any]]:
        """Every page of a list operation; `token` is the member that asks for the next page."""
        following: dict[str, str] = {}
        while True:
            answer = self.call(account, region, service, operation, **members, **following)
            yield answer
            if not answer.get(token):
                return
            following = {token: answer[token]}
