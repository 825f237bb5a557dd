"""Whether AWS Backup has trusted access to the organization, which cross-account copies and backup policies need."""

from __future__ import annotations

from collections.abc import Iterator

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, unknown
from backstay_agent.doctor.look import Answer, Look, Refused
from backstay_agent.organization_tree import BACKUP_SERVICE

_MEMBER = "EnabledServicePrincipals"


def read(look: Look) -> Answer:
    """The services that have trusted access."""
    operation = "ListAWSServiceAccessForOrganization"
    return look.listing(look.caller, look.aws.region, "organizations", operation, _MEMBER)


def judge(answer: Answer) -> Iterator[Line]:
    """AWS Backup is among them."""
    if isinstance(answer, Refused):
        yield unknown(f"which services have trusted access is not told: {answer}")
    elif any(item["ServicePrincipal"] == BACKUP_SERVICE for item in answer[_MEMBER]):
        yield ok("AWS Backup has trusted access")
    else:
        yield problem("AWS Backup has no trusted access to the organization", "backstay org bootstrap")


CHECK = Check("trusted-access", "organization", 20, read, judge)
