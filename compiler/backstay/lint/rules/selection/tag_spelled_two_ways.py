"""One tag in two spellings that differ in upper and lower case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from backstay.lint.choices import pairs
from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide, seen

_Uses = dict[str, list[SelectionSite]]


class TagSpelledTwoWays(Rule):
    """Tag keys and values are case-sensitive."""

    CODE = "SEL008"
    NAME = "tag-spelled-two-ways"
    SEVERITY = "warning"
    SUMMARY = "A tag key or value that is spelt in two ways across selections"
    WHY = (
        "`Backup` and `backup` are two tags, `True` and `true` two values. Resources that carry the other spelling are "
        "not selected, and no job fails for a resource that nobody selects."
    )
    SOURCES = (guide("assigning-resources"), seen("the README of NHSDigital/terraform-aws-backup"))
    VALID = (
        'Select("gold", where=tag("backup") == "gold"), Select("silver", where=tag("backup") == "silver")',
        'Select("both", where=tag("env").isin(["prod", "Prod"]))',
        'Select("both", where=tag("env").isin(["prod", "Prod"]) & (tag("x") == "1"))',
    )
    INVALID = (
        'Select("gold", where=tag("backup") == "gold"), Select("silver", where=tag("Backup") == "silver")',
        'Select("a", where=(tag("env") == "prod") & (tag("x") == "1")),\n'
        'Select("b", where=(tag("env") == "Prod") & (tag("x") == "2"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Keys and values that differ in case only, told at the rarer spelling."""
        keys: dict[str, _Uses] = defaultdict(lambda: defaultdict(list))
        values: dict[str, _Uses] = defaultdict(lambda: defaultdict(list))
        for site in context.selections:
            for pair in pairs(site.selection):
                keys[pair.key.casefold()][pair.key].append(site)
                if pair.exact:
                    values[f"{pair.key}={pair.value.casefold()}"][pair.value].append(site)
        for uses in keys.values():
            yield from self._told(context, uses, "key")
        for uses in values.values():
            yield from self._told(context, uses, "value")

    def _told(self, context: Context, uses: _Uses, what: str) -> Iterator[Problem]:
        ranked = sorted(uses, key=lambda text: (-len(uses[text]), text))
        usual = uses[ranked[0]]
        together = {(id(site.plan), author_name(site)) for site in usual}
        for rare in ranked[1:]:
            for site in uses[rare]:
                if (id(site.plan), author_name(site)) in together:
                    continue  # one selection that names both means both
                place = site.where.field("where")
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` spells the tag {what} `{rare}`; elsewhere it is `{ranked[0]}`",
                    label="tags are case-sensitive",
                    help=f"write `{ranked[0]}`, or take both with `isin`"
                    if what == "value"
                    else f"write `{ranked[0]}`",
                    others=[(usual[0].where.field("where"), f"`{ranked[0]}` here")],
                    span=context.within(place, rare),
                )
