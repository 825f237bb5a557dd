"""A role that somebody else assumes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay_aws import arns

_OTHERS = (
    # path and name of a role, who assumes it; user guides of Organizations, Control Tower, Identity Center,
    # CloudFormation StackSets and IAM (service-linked roles), read 2026-11.
    (r"(.*/)?OrganizationAccountAccessRole", "the organization's management account"),
    (r"(.*/)?AWSControlTowerExecution", "AWS Control Tower"),
    (r"(.*/)?AWSCloudFormationStackSetExecutionRole", "CloudFormation's stack sets"),
    (r"stacksets-exec-.*", "CloudFormation's stack sets"),
    (r"aws-reserved/sso\.amazonaws\.com/.*", "people, by IAM Identity Center"),
    (r"aws-service-role/(?!backup\.amazonaws\.com/).*", "the AWS service that it is linked to"),
)


class RoleNotForBackup(Rule):
    """AWS Backup assumes the role of a selection."""

    CODE = "SEL016"
    NAME = "role-not-for-backup"
    SEVERITY = "warning"
    SUMMARY = "A selection in a role that trusts another than AWS Backup"
    WHY = (
        "The role has to trust `backup.amazonaws.com`. Roles that AWS makes for another purpose do not: each job fails "
        "with “cannot be assumed by AWS Backup”. Most of them are administrators as well, which backups need not be."
    )
    SOURCES = (guide("iam-service-roles"), seen("hashicorp/terraform-provider-aws issue 10511"))
    VALID = (
        'Select("gold", where=tag("backup") == "gold", role="backup/Runner")',
        'Select("gold", where=tag("backup") == "gold", '
        'role="aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup")',
    )
    INVALID = (
        'Select("gold", where=tag("backup") == "gold", role="OrganizationAccountAccessRole")',
        'Select("gold", where=tag("backup") == "gold", role="aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS")',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections whose role is known to be somebody else's."""
        for site in context.selections:
            arn = arns.parse(site.selection.role_arn)
            role = arn.resource.removeprefix("role/") if arn is not None else ""
            whose = next((who for pattern, who in _OTHERS if re.fullmatch(pattern, role)), None)
            if whose is not None:
                yield self.problem(
                    site,
                    "role",
                    f"selection `{author_name(site)}` works in the role `{role}`, which is assumed by {whose}",
                    label="does not trust AWS Backup",
                    help='leave `role=` out for AWS\'s default role, or have one made: `Role("…", manage=True)`',
                )
