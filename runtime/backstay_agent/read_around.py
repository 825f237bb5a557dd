"""Reads what holds for the whole organization and matters for copies across accounts, where there are any."""

from __future__ import annotations

from collections.abc import Iterable

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import Around, Present
from backstay_agent.wanted import Build

_SERVICE = "backup.amazonaws.com"
_SETTING = "isCrossAccountBackupEnabled"


def read_around(build: Build, aws: Aws, places: Iterable[tuple[str, str]]) -> Around:
    """Whether copies across accounts are on and AWS Backup is trusted; `unknown` where nobody may look."""
    if build.home is None or not any(build.wanted(*place).copies_far() for place in places):
        return Around()
    management = build.index.organization.management_account
    return Around(_copies_on(aws, management, build.home), _trusted(aws, management, build.home))


def _copies_on(aws: Aws, management: str, region: str) -> Present:
    try:
        settings = aws.call(management, region, "backup", "DescribeGlobalSettings").get("GlobalSettings", {})
    except AwsProblem:
        return "unknown"
    return "yes" if settings.get(_SETTING) == "true" else "no"


def _trusted(aws: Aws, management: str, region: str) -> Present:
    listing = management, region, "organizations", "ListAWSServiceAccessForOrganization", "EnabledServicePrincipals"
    try:
        return "yes" if any(one["ServicePrincipal"] == _SERVICE for one in aws.pages(*listing)) else "no"
    except AwsProblem:
        return "unknown"
