"""Tags with different keys in one list, of which AWS wants one only."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide, seen

USUAL = (
    "Application", "Backup", "BackupPlan", "CostCenter", "Department", "Environment", "Owner", "Project", "Service",
    "Stage", "Team",
)  # fmt: skip
"""Keys of tags that many have, by which a slip of the pen is seen."""
_LIKE = 0.8
_PLAN = (
    '{"BackupPlanName": "gold", "Rules": [{"RuleName": "daily", "TargetBackupVaultName": "main",'
    ' "ScheduleExpression": "cron(0 3 ? * * *)", "Lifecycle": {"DeleteAfterDays": 35}}]}'
)
_TAGS = (
    '[{"BackupPlan": %s}, {"BackupPlanId": "1", "BackupSelection": {"SelectionName": "gold", "IamRoleArn":'
    ' "arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole", "ListOfTags": ['
    '{"ConditionType": "STRINGEQUALS", "ConditionKey": "%s", "ConditionValue": "gold"},'
    ' {"ConditionType": "STRINGEQUALS", "ConditionKey": "%s", "ConditionValue": "prod"}]}}]'
)


class TagsJoinedByOr(Rule):
    """`ListOfTags` takes a resource with any one of its tags."""

    CODE = "SEL003"
    NAME = "tags-joined-by-or"
    SEVERITY = "warning"
    SUMMARY = "A `ListOfTags` with tags of different keys, of which one is enough for AWS"
    WHY = (
        "Whoever lists `backup = true` and `environment = prod` means what has both, and gets everything that has "
        "either: all of production, also what is excluded from backups, and the bill for it. Policies cannot say it "
        "by accident; templates can."
    )
    SOURCES = (guide("assigning-resources-json"), seen("NHSDigital/nhs-notify-shared-modules, backup_selection_s3.tf"))
    VALID = (_TAGS % (_PLAN, "backup", "backup"),)
    INVALID = (_TAGS % (_PLAN, "backup", "environment"),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections whose list of tags has several keys."""
        for site in context.selections:
            keys = tuple(dict.fromkeys(key for key, _ in site.selection.selection.list_of_tags))
            if len(keys) > 1:
                yield self._told(site, keys)

    def _told(self, site: SelectionSite, keys: tuple[str, ...]) -> Problem:
        second = next(n for n, (key, _) in enumerate(site.selection.selection.list_of_tags) if key != keys[0])
        slips = ((key, get_close_matches(key, USUAL, 1, _LIKE)) for key in keys if key not in USUAL)
        notes = (f"`{key}` looks like `{near[0]}`" for key, near in slips if near and near[0].lower() != key.lower())
        return self.problem(
            site,
            f"/ListOfTags/{second}",
            f"selection `{site.selection.name}` takes whatever has any one of its tags, which have {len(keys)} keys",
            label="or, not and",
            help="move what must hold together to `Conditions`, whose tags all have to match",
            notes=notes,
            others=[(site.where.fields.get("/ListOfTags/0"), "one is enough")],
        )
