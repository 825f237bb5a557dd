"""The IAM role that a job runs in: it must exist and trust AWS Backup."""

from __future__ import annotations

from backstay_aws import access, arns
from backstay_local.backup import errors
from backstay_local.backup.state import State
from backstay_local.wire.call import AwsError

SERVICE = "backup.amazonaws.com"
_OWN = f"role/aws-service-role/{SERVICE}/"


def usable(state: State, role_arn: str, account: str) -> bool:
    """Whether AWS Backup can assume this role for jobs of this account."""
    parsed = arns.parse(role_arn)
    if parsed is None or parsed.service != "iam" or parsed.account != account:
        return False
    if parsed.resource.startswith(_OWN):
        return True
    return state.standing.ask(("role", role_arn, account), lambda: _trusting(state, role_arn, account))


def _trusting(state: State, role_arn: str, account: str) -> bool:
    role = state.world.role(role_arn)
    return role is not None and access.trusts(
        role["AssumeRolePolicyDocument"], principal_arn="", principal_account=account, service=SERVICE
    )


def service_linked(account: str, partition: str) -> str:
    """AWS Backup's own role in an account: what copies from other accounts are kept and deleted with."""
    return arns.role(partition, account, f"aws-service-role/{SERVICE}/AWSServiceRoleForBackup")


def sentence(role_arn: str) -> str:
    """What AWS says of a role that it cannot assume."""
    return f"IAM Role {role_arn} cannot be assumed by AWS Backup"


def refusal(role_arn: str) -> AwsError:
    """The answer to a request with a role that AWS Backup cannot assume."""
    return errors.invalid(sentence(role_arn))


def need(state: State, role_arn: str, account: str) -> None:
    """Refuse a role that AWS Backup cannot assume."""
    if not usable(state, role_arn, account):
        raise refusal(role_arn)
