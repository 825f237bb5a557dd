"""The IAM roles that jobs run in: they must exist and trust the service that takes them."""

from __future__ import annotations

from backstay_aws import access, arns
from backstay_aws.backup_actions import BACKUP, MALWARE_SCANNER
from backstay_local.backup import errors
from backstay_local.backup.state import State
from backstay_local.wire.call import AwsError

_OWN = f"role/aws-service-role/{BACKUP}/"


def usable(state: State, role_arn: str, account: str) -> bool:
    """Whether AWS Backup can assume this role for jobs of this account."""
    return state.standing.ask(("usable", role_arn, account), lambda: _usable(state, role_arn, account))


def _usable(state: State, role_arn: str, account: str) -> bool:
    parsed = arns.parse(role_arn)
    if parsed is not None and parsed.account == account and parsed.resource.startswith(_OWN):
        return True
    return trusts(state, role_arn, account, BACKUP)


def trusts(state: State, role_arn: str, account: str, service: str) -> bool:
    """Whether this is a role of this account that a service can assume."""
    parsed = arns.parse(role_arn)
    if parsed is None or parsed.service != "iam" or parsed.account != account:
        return False
    question = ("role", role_arn, account, service)
    return state.standing.ask(question, lambda: _trusting(state, role_arn, account, service))


def _trusting(state: State, role_arn: str, account: str, service: str) -> bool:
    role = state.world.role(role_arn)
    return role is not None and access.trusts(
        role["AssumeRolePolicyDocument"], principal_arn="", principal_account=account, service=service
    )


def service_linked(account: str, partition: str) -> str:
    """AWS Backup's own role in an account: what copies from other accounts are kept and deleted with."""
    return arns.role(partition, account, f"aws-service-role/{BACKUP}/AWSServiceRoleForBackup")


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


def scanner_sentence(role_arn: str) -> str:
    """What is said of a scanner role that the scanner cannot assume."""
    return f"IAM Role {role_arn} cannot be assumed by Amazon GuardDuty Malware Protection ({MALWARE_SCANNER})"


def need_scanner(state: State, role_arn: str, account: str) -> None:
    """Refuse a scanner role that the malware scanner cannot assume."""
    if not trusts(state, role_arn, account, MALWARE_SCANNER):
        raise errors.invalid(scanner_sentence(role_arn))
