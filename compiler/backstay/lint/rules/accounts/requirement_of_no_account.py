"""A requirement that speaks of nobody."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.requirements import RequirementSite, means, member, requirements
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.words import listed


class RequirementOfNoAccount(Rule):
    """Whatever is promised of nothing is kept."""

    CODE = "ACC035"
    NAME = "requirement-of-no-account"
    SEVERITY = "warning"
    SUMMARY = "A `Require` under which there is no account, or none in its Regions"
    WHY = (
        "A promise about no account always holds: it looks like evidence, and proves nothing. Mostly a tag of `under` "
        "is misspelt, or the accounts have moved."
    )
    SOURCES = (plain("what is said of no thing is true"),)
    VALID = (
        'wanted = Require("gold is kept", every=tag("backup") == "gold", under=ou("Workloads"), keep=days(35))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary])',
    )
    INVALID = (
        'wanted = Require("gold is kept", every=tag("backup") == "gold", under=account_tag("env") == "prdo",\n'
        "    keep=days(35))\n"
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary])',
        'wanted = Require("gold is kept", every=tag("backup") == "gold", under=ou("Workloads"),\n'
        '    regions=["us-east-1"], keep=days(35))\n'
        'policy = Policy("p", attach=ou("Workloads"), vaults=[primary])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Requirements that no account, or no account in one of their Regions, is under."""
        if not context.model.requirements:
            return
        members = [member(one) for one in context.model.accounts.values()]
        for site in requirements(context):
            found = [one for one in members if means(site.node, one)]
            wanted = site.node.regions
            if found and wanted and not any(set(wanted) & set(one.regions) for one in found):
                yield self._told(site, "regions", f"no account under it uses {listed(wanted, 'or')}")
            elif not found:
                yield self._told(site, "under", "no account is under it")

    def _told(self, site: RequirementSite, field: str, why: str) -> Problem:
        return self.problem(
            site,
            field,
            f"requirement `{site.node.name}` holds for nothing: {why}",
            label="no account",
            help="correct it, or take the requirement out",
        )
