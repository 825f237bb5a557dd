"""Whether the build's backup account is the organization's delegated administrator for backup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, skipped, unknown
from backstay_agent.doctor.look import Answer, Look, Refused
from backstay_agent.organization_tree import BACKUP_SERVICE

_MEMBER = "DelegatedAdministrators"


@dataclass(frozen=True, slots=True)
class Facts:
    """The administrators that Organizations names, and the one that the build does."""

    registered: Answer
    wanted: str | None
    with_build: bool


def read(look: Look) -> Facts:
    """Who is registered for AWS Backup."""
    place = look.caller, look.aws.region, "organizations"
    listed = look.listing(*place, "ListDelegatedAdministrators", _MEMBER, ServicePrincipal=BACKUP_SERVICE)
    wanted = look.build.index.organization.backup_account if look.build else None
    return Facts(listed, wanted, look.build is not None)


def judge(facts: Facts) -> Iterator[Line]:
    """It is the one; an organization may do without."""
    if isinstance(facts.registered, Refused):
        yield unknown(f"the delegated administrators are not told: {facts.registered}")
        return
    names = sorted(item["Id"] for item in facts.registered[_MEMBER])
    if facts.wanted is None:
        told = f"delegated administrator for backup: {', '.join(names)}" if names else "no delegated administrator"
        yield (
            ok(told)
            if names
            else skipped(told + (": the organization file names no backup_account" * facts.with_build))
        )
    elif facts.wanted in names:
        yield ok(f"{facts.wanted} is the delegated administrator for backup")
    else:
        other = f" ({', '.join(names)} is)" if names else ""
        yield problem(
            f"{facts.wanted} is not the delegated administrator for backup{other}",
            f"backstay org bootstrap --backup-account {facts.wanted}",
        )


CHECK = Check("delegated-administrator", "organization", 40, read, judge)
