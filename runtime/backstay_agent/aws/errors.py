"""What can go wrong on the way to AWS, once retries are over."""

from __future__ import annotations

from backstay_agent.aws.classes import FailureClass


class AwsProblem(Exception):  # noqa: N818 -- told as a fact about an account, seldom an error of ours
    """A call that failed, after all retries: where, which operation, AWS's code and sentence.

    `failure` is the class of the code; `attempts` is how often it was tried. After more than one, an "already exists"
    may be about what the first attempt made before its answer was lost.
    """

    def __init__(
        self,
        account: str,
        region: str,
        operation: str,
        code: str,
        message: str,
        *,
        failure: FailureClass = "refusal",
        attempts: int = 1,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.account = account
        self.region = region
        self.operation = operation
        self.code = code
        self.message = message
        self.failure = failure
        self.attempts = attempts

    def __str__(self) -> str:
        return f"{self.code} from {self.operation} in {self.account}, {self.region}: {self.message}"


class UnreachableError(Exception):
    """AWS, or the endpoint in its place, could not be reached at all, or the caller has no credentials."""


class SkewedError(UnreachableError):
    """AWS refuses what this machine signs, because the machine's clock is wrong: nothing can be done anywhere."""
