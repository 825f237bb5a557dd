"""Whether what a build needs and does not make is there: keys, roles, topics. Each is asked about once."""

from __future__ import annotations

from collections.abc import Collection

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import Document, Key, Present
from backstay_agent.once import Once

_NOT_THERE = {"ResourceNotFoundException", "NoSuchEntity", "NotFound", "NotFoundException"}
_OF_THE_CALLER = ("skew", "expired")


class Needs:
    """Looks keys, roles and topics up for all places of one observation; every method raises AwsProblem."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._roles: Once[Present] = Once()
        self._topics: Once[Present] = Once()
        self._keys: Once[str | None] = Once()
        self._trusts: dict[str, Document] = {}
        self._described: dict[str, Key] = {}

    def role(self, account: str, region: str, arn: str) -> Present:
        """Whether a role exists in an account. Roles are in no Region: one answer is good for all of them."""
        return self._roles.get((account, arn), lambda: self._role(account, region, arn))

    def topic(self, account: str, region: str, arn: str) -> Present:
        """Whether a topic exists; that another account may not look at it says nothing to this one."""

        def ask() -> Present:
            return self._exists(account, region, "sns", "GetTopicAttributes", TopicArn=arn)

        return self._topics.get(arn, ask, lambda answer: answer == "yes")

    def keys(self, account: str, region: str, references: Collection[str]) -> dict[str, str | None]:
        """Key ARNs by reference; None where there is no such key, absent where it could not be looked up."""
        asked = ((reference, self._known(account, region, reference)) for reference in sorted(references))
        return {reference: key for reference, (known, key) in asked if known}

    def trusts(self, roles: Collection[str]) -> dict[str, Document]:
        """The trust policies of roles that were found."""
        return {arn: self._trusts[arn] for arn in sorted(roles) if arn in self._trusts}

    def described(self, references: Collection[str]) -> dict[str, Key]:
        """Keys as they were described, by reference; what was not looked up is absent."""
        return {
            reference: self._described[reference] for reference in sorted(references) if reference in self._described
        }

    def _known(self, account: str, region: str, reference: str) -> tuple[bool, str | None]:
        try:
            return True, self._keys.get(reference, lambda: self._key(account, region, reference), bool)
        except AwsProblem as problem:
            if problem.operation != "DescribeKey" or problem.failure in _OF_THE_CALLER:
                raise
            return False, None

    def _key(self, account: str, region: str, reference: str) -> str | None:
        try:
            answer = self._aws.call(account, region, "kms", "DescribeKey", KeyId=reference)
        except AwsProblem as problem:
            if problem.code in _NOT_THERE:
                return None
            raise
        found = answer["KeyMetadata"]
        of_aws = found.get("KeyManager") == "AWS"
        self._described[reference] = Key(found["Arn"], found.get("KeyState", "Enabled"), of_aws)
        return str(found["Arn"])

    def _role(self, account: str, region: str, arn: str) -> Present:
        try:
            found = self._aws.call(account, region, "iam", "GetRole", RoleName=arn.rpartition("/")[2])
        except AwsProblem as problem:
            return _present(problem, "GetRole")
        if found["Role"]["Arn"] != arn:
            return "no"
        self._trusts[arn] = found["Role"]["AssumeRolePolicyDocument"]
        return "yes"

    def _exists(self, account: str, region: str, service: str, operation: str, **members: str) -> Present:
        try:
            self._aws.call(account, region, service, operation, **members)
        except AwsProblem as problem:
            return _present(problem, operation)
        return "yes"


def _present(problem: AwsProblem, operation: str) -> Present:
    """What a refusal says of a thing's being there; `unknown` where the agent may not look."""
    if problem.operation != operation or problem.failure in _OF_THE_CALLER:
        raise problem
    return "no" if problem.code in _NOT_THERE else "unknown"
