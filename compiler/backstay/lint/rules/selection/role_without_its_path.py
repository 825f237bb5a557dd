"""AWS's default role, looked for in the wrong place."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.fix import Fix
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide, seen
from backstay_aws import arns

_DEFAULT = "AWSBackupDefaultServiceRole"
_RIGHT = f"service-role/{_DEFAULT}"


class RoleWithoutItsPath(Rule):
    """The path is part of a role's name."""

    CODE = "SEL019"
    NAME = "role-without-its-path"
    SEVERITY = "warning"
    SUMMARY = "AWS's default role for backups under another path than `service-role/`"
    WHY = (
        "AWS makes the role as `service-role/AWSBackupDefaultServiceRole`. Under another path there is none of that "
        "name, unless somebody made it. AWS takes the plan from an organization's policy all the same, and then makes "
        "no jobs, or jobs that fail."
    )
    SOURCES = (guide("iam-service-roles"), seen("AWS re:Post, backup-policy-no-jobs-created"))
    VALID = (
        'Select("gold", where=tag("backup") == "gold", role="service-role/AWSBackupDefaultServiceRole")',
        'Select("gold", where=tag("backup") == "gold", role=Role("AWSBackupDefaultServiceRole", manage=True))',
    )
    INVALID = ('Select("gold", where=tag("backup") == "gold", role="AWSBackupDefaultServiceRole")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Roles that are the default one but for their path, where Backstay does not make them."""
        made = {role.name for shape in context.model.shapes for role in shape.roles}
        for site in context.selections:
            arn = arns.parse(site.selection.role_arn)
            role = arn.resource.removeprefix("role/") if arn is not None else _RIGHT
            if role.rpartition("/")[2] == _DEFAULT and role != _RIGHT and _DEFAULT not in made:
                yield self.problem(
                    site,
                    "role",
                    f"selection `{author_name(site)}` works in `{role}`; AWS's role is `{_RIGHT}`",
                    label="no such role, most likely",
                    help=f'write `role="{_RIGHT}"`, or leave it out: it is the default',
                    fix=_fix(context, site, role),
                )


def _fix(context: Context, site: SelectionSite, role: str) -> Fix | None:
    """AWS's own path, whether the role is written by its name or by an ARN."""
    place = site.where.fields.get("role")
    whole = site.selection.role_arn
    return mend.literal(context, place, role, _RIGHT) or mend.literal(
        context, place, whole, whole.replace(f":role/{role}", f":role/{_RIGHT}")
    )
