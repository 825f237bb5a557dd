"""Who calls: the management account, backup's delegated administrator, or some other account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, unknown
from backstay_agent.doctor.look import Answer, Look, Refused


@dataclass(frozen=True, slots=True)
class Facts:
    """The caller, and the organization that AWS and the build say."""

    account: str
    identity: Answer
    organization: Answer
    delegated: str | None
    wanted: str | None


def read(look: Look) -> Facts:
    """Who STS says one is, and what Organizations says of the account."""
    account, region = look.caller, look.aws.region
    build = look.build.index.organization if look.build else None
    return Facts(
        account,
        look.ask(account, region, "sts", "GetCallerIdentity"),
        look.ask(account, region, "organizations", "DescribeOrganization"),
        build.backup_account if build else None,
        build.id if build else None,
    )


def judge(facts: Facts) -> Iterator[Line]:
    """The caller is of the organization that the build was made for; best the management account itself."""
    who = "" if isinstance(facts.identity, Refused) else f", as {facts.identity['Arn']}"
    if isinstance(facts.organization, Refused):
        if facts.organization.code == "AWSOrganizationsNotInUseException":
            yield problem(f"account {facts.account} is in no organization{who}", "use credentials of the organization")
        else:
            yield unknown(f"account {facts.account} calls{who}; its organization is not told: {facts.organization}")
        return
    about = facts.organization["Organization"]
    if facts.wanted is not None and about["Id"] != facts.wanted:
        yield problem(
            f"account {facts.account} is of the organization {about['Id']}, the build of {facts.wanted}",
            "use credentials of the build's organization, or compile for this one",
        )
    elif about.get("MasterAccountId") == facts.account:
        yield ok(f"the management account {facts.account} calls{who}")
    elif facts.account == facts.delegated:
        yield ok(f"the delegated administrator for backup {facts.account} calls{who}")
    else:
        yield ok(f"the member account {facts.account} calls{who}; the others must trust it")


CHECK = Check("caller", "caller", 10, read, judge)
