"""Whether the roles that AWS Backup takes on exist, trust it, and may do anything at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, count, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused
from backstay_agent.organization_tree import BACKUP_SERVICE
from backstay_aws import arns
from backstay_aws.access import trusts

_DEFAULT = "service-role/AWSBackupDefaultServiceRole"


@dataclass(frozen=True, slots=True)
class Facts:
    """A role: its account, its ARN, what needs it, and what IAM says of it."""

    account: str
    arn: str
    needed_by: str
    role: Answer
    attached: Answer
    inline: Answer


def read(look: Look) -> tuple[Facts, ...]:
    """The roles of the build's selections; without a build, AWS Backup's default role."""
    opened = look.opened()
    return tuple(facts for _, facts in look.each(_wanted(look, opened), lambda one: _read(look, *one)))


def _wanted(look: Look, opened: tuple[tuple[str, str], ...]) -> list[tuple[str, str, str, str]]:
    """Account, Region, role ARN and who needs it; a role once."""
    if look.build is None:
        first = dict(reversed(opened))
        return [
            (account, region, arns.role(arns.partition_of(region), account, _DEFAULT), "AWS Backup by default")
            for account, region in sorted(first.items())
        ]
    found: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    for (account, region), wanted in look.wanted().items():
        if (account, region) in opened:
            for arn, reason in wanted.roles():
                found.setdefault((account, arn), (account, region, arn, reason))
    return list(found.values())


def _read(look: Look, account: str, region: str, arn: str, needed_by: str) -> Facts:
    name = {"RoleName": arn.rpartition("/")[2]}
    return Facts(
        account,
        arn,
        needed_by,
        look.ask(account, region, "iam", "GetRole", **name),
        look.ask(account, region, "iam", "ListAttachedRolePolicies", **name),
        look.ask(account, region, "iam", "ListRolePolicies", **name),
    )


def judge(roles: tuple[Facts, ...]) -> Iterator[Line]:
    """Each is there under its path, trusts AWS Backup, and has a policy."""
    if not roles:
        yield skipped("no role of AWS Backup to look for")
        return
    wrong = [line for facts in roles for line in _role(facts)]
    yield from wrong
    troubled = {line.account for line in wrong}
    fine = sum(facts.account not in troubled for facts in roles)
    if fine:
        are, trust = ("is", "trusts") if fine == 1 else ("are", "trust")
        yield ok(f"{count(fine, 'role')} of AWS Backup {are} there and {trust} it")


def _role(facts: Facts) -> Iterator[Line]:
    what = f"the role {facts.arn.partition(':role/')[2]} ({facts.needed_by})"
    default = facts.arn.endswith(f":role/{_DEFAULT}")
    remedy = f"backstay org bootstrap --account {facts.account}" if default else f"make the role {facts.arn}"
    if isinstance(facts.role, Refused):
        if facts.role.code in ("NoSuchEntity", "NoSuchEntityException"):
            yield problem(f"{what} is not there", remedy, facts.account)
        else:
            yield unknown(f"{what} cannot be looked at: {facts.role}", facts.account)
        return
    role = facts.role["Role"]
    if role["Arn"] != facts.arn:
        yield problem(f"{what} is not there; {role['Arn']} is", remedy, facts.account)
    elif not trusts(
        _document(role["AssumeRolePolicyDocument"]),
        principal_arn="",
        principal_account=facts.account,
        service=BACKUP_SERVICE,
    ):
        yield problem(f"{what} does not trust {BACKUP_SERVICE}", remedy, facts.account)
    elif _nothing(facts.attached, "AttachedPolicies") and _nothing(facts.inline, "PolicyNames"):
        yield problem(f"{what} has no policy, so it may do nothing", remedy, facts.account)


def _nothing(answer: Answer, member: str) -> bool:
    return not isinstance(answer, Refused) and not answer.get(member)


def _document(value: Any) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(unquote(value)) if isinstance(value, str) else value
    return document


CHECK = Check("service-role", "accounts", 30, read, judge)
