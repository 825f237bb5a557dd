"""An option of a plan for a type that it does not take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay.ir import Plan, Where
from backstay.lint.abilities import ability, named_types
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import PlanSite, RuleSite
from backstay.lint.source import api, guide, seen
from backstay.lint.words import listed

_KEYWORDS = {
    # option of `AdvancedBackupSettings` → keyword of `Plan`
    "WindowsVSS": "vss",
    "BackupACLs": "s3_acls",
    "BackupObjectTags": "s3_tags",
}
_PLAN = 'Plan("p", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35){0})],\n     select=[{1}]{2})'
_VOLUMES = 'Select("volumes", where=resource_type("EBS"))'


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a keyword asks for; `where` is the construct that has the keyword."""

    site: PlanSite | RuleSite
    where: Where
    keyword: str
    what: str
    type: str


class OptionForUnselectedType(Rule):
    """Options are for what a plan takes."""

    CODE = "GEN008"
    NAME = "option-for-unselected-type"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "VSS, S3 options, a search index or a malware scan for a type that the plan does not select"
    WHY = (
        "The option does nothing, and whoever wrote it counts on it: the Windows servers, the buckets that were meant "
        "are in another plan, or in none. Plans that select by tags alone may take any type, and are not told of."
    )
    SOURCES = (api("AdvancedBackupSetting"), guide("windows-backups"), seen("lgallard/terraform-aws-backup"))
    VALID = (
        _PLAN.format("", 'Select("hosts", where=resource_type("EC2"))', ", vss=True"),
        _PLAN.format("", 'Select("gold", where=tag("backup") == "gold")', ", vss=True, s3_acls=False"),
        _PLAN.format(', index=["EBS"]', _VOLUMES, ""),
    )
    INVALID = (
        _PLAN.format("", _VOLUMES, ", vss=True"),
        _PLAN.format("", _VOLUMES, ", s3_tags=False"),
        _PLAN.format(', index=["S3"]', _VOLUMES, ""),
        _PLAN.format(', scan="FULL_SCAN"', _VOLUMES, ', scan=Scan(types=["S3"], role="backup/Scanner")'),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Plans that name the types they take, and options for others; a stack may hold any type."""
        asked = [one for site in context.plans for one in _of_plan(site)]
        asked += [one for site in context.rules for one in _of_rule(site)]
        for one in asked:
            types = named_types(one.site.plan)
            if _tells_types(one.site.plan) and not {one.type, "CloudFormation"} & set(types):
                yield self.problem(
                    one.site,
                    one.keyword,
                    f"plan `{one.site.plan.name}` has {one.what} for `{one.type}`, but selects only {listed(types)}",
                    label=f"no `{one.type}` here",
                    help=f"select `{one.type}` too, or drop the option",
                    where=one.where,
                )


def _of_plan(site: PlanSite) -> Iterator[_Asked]:
    for kind, options in site.plan.advanced:
        for option, value in options:
            if (option, value) != ("WindowsVSS", "disabled"):
                yield _Asked(site, site.where, _KEYWORDS[option], f"`{_KEYWORDS[option]}=`", kind)
    scan = site.plan.scan
    for name in scan.types if scan is not None else ():
        if scan is not None and name != "ALL":
            yield _Asked(site, scan.where, "types", "a malware scan", name)


def _of_rule(site: RuleSite) -> Iterator[_Asked]:
    """What cannot be indexed at all is for `unindexable-type`."""
    for name in site.rule.index:
        if ability(name, "index", site.shape.region) != "no":
            yield _Asked(site, site.where, "index", "a search index", name)


def _tells_types(plan: Plan) -> bool:
    return bool(plan.selections) and all(one.types for one in plan.selections)
