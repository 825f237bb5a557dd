"""Whether the agent's role opens in each account; where it does not, why, as far as anybody says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, count, ok, problem
from backstay_agent.doctor.look import Access, Answer, Look, Refused
from backstay_aws.access import trusts
from backstay_aws.arns import partition_of
from backstay_aws.arns import role as role_arn


@dataclass(frozen=True, slots=True)
class Closed:
    """An account that did not open: AWS's refusal, and the role as the account's own IAM tells of it."""

    account: str
    refusal: Refused
    role: Answer


@dataclass(frozen=True, slots=True)
class Facts:
    """How many accounts opened, which did not, who calls, and by which role."""

    opened: int
    closed: tuple[Closed, ...]
    caller: str
    caller_arn: str
    partition: str
    access: Access


def read(look: Look) -> Facts:
    """Enters every account; looks for the role of those that are closed by the way that Organizations made."""
    members = [account for account in look.names if account != look.caller]
    answers = look.each(members, look.enter)
    shut = [(account, answer) for account, answer in answers if isinstance(answer, Refused)]
    roles = look.each(shut, lambda one: look.through_entrance(one[0], "iam", "GetRole", RoleName=look.access.role))
    closed = tuple(Closed(account, refusal, role) for (account, refusal), role in roles)
    identity = look.ask(look.caller, look.aws.region, "sts", "GetCallerIdentity")
    arn = "" if isinstance(identity, Refused) else identity["Arn"]
    partition = partition_of(look.aws.region)
    return Facts(len(members) - len(shut), closed, look.caller, arn, partition, look.access)


def judge(facts: Facts) -> Iterator[Line]:
    """Every account opens; a closed one is told with the reason and the command that mends it."""
    for closed in facts.closed:
        remedy = f"backstay org bootstrap --account {closed.account}{facts.access.words}"
        yield problem(_reason(closed, facts), remedy, closed.account)
    if facts.opened:
        yield ok(f"the role {facts.access.path}{facts.access.role} opens {count(facts.opened, 'account')}")
    elif not facts.closed:
        yield ok("the caller's own account is the only one, and needs no role")


def _reason(closed: Closed, facts: Facts) -> str:
    access, said = facts.access, closed.refusal
    wanted = role_arn(facts.partition, closed.account, f"{access.path}{access.role}")
    if said.operation != "AssumeRole":
        return f"{said}: {said.message}"
    if isinstance(closed.role, Refused):
        if closed.role.code == "NoSuchEntity":
            return f"there is no role {access.role}"
        return f"the role {access.path}{access.role} does not open: {said.message or said.code}"
    role = closed.role["Role"]
    if role["Arn"] != wanted:
        return f"the role is {role['Arn']}, not {wanted} (--role-path)"
    return _distrust(role["AssumeRolePolicyDocument"], facts) or (
        f"the role exists and trusts the caller, but {facts.caller_arn} may not call sts:AssumeRole on it"
    )


def _distrust(document: dict[str, object], facts: Facts) -> str | None:
    """Why a role's trust policy does not admit the caller; None if it does."""

    def admits(context: dict[str, str]) -> bool:
        return trusts(document, principal_arn=facts.caller_arn, principal_account=facts.caller, context=context)

    given = facts.access.external_id
    if admits({"sts:ExternalId": given} if given else {}):
        return None
    asked = _external_id(document)
    if asked is not None and admits({"sts:ExternalId": asked}):
        how = "another one is given" if given else "none is given"
        return f"its trust policy asks for an external id, and {how} (--external-id)"
    return f"its trust policy does not admit {facts.caller_arn}"


def _external_id(document: dict[str, object]) -> str | None:
    """An external id that a trust policy asks for, as it stands in one of its conditions."""
    statements = document.get("Statement", ())
    for statement in statements if isinstance(statements, list) else [statements]:
        for operator in (statement.get("Condition") or {}).values() if isinstance(statement, dict) else ():
            value = operator.get("sts:ExternalId")
            found = value[0] if isinstance(value, list) and value else value
            if isinstance(found, str):
                return found
    return None


CHECK = Check("agent-role", "accounts", 10, read, judge)
