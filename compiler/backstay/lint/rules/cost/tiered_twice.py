"""Two tiering configurations of one vault."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide

_ALL = "*"


class TieredTwice(Rule):
    """A vault has one tiering configuration."""

    CODE = "CST010"
    NAME = "tiered-twice"
    SEVERITY = "warning"
    SUMMARY = "Two tiering configurations of one vault, or two of all vaults"
    WHY = "A vault has one configuration of its own, and there is one of all vaults beside. Which of two holds is open."
    SOURCES = (guide("backup-tiering"),)
    VALID = ('Tiering("warm", vault=primary, after=days(90)),\nTiering("others", after=days(60))',)
    INVALID = ('Tiering("early", vault=primary, after=days(60)),\nTiering("late", vault=primary, after=days(90))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Configurations whose vault an earlier one of the place has."""
        for site in context.tiering:
            mine = site.tiering
            around = (one for shape in site.shapes for one in shape.tiering if one.name < mine.name)
            first = next((one for one in around if one.vault == mine.vault), None)
            if first is not None:
                what = "all vaults" if mine.vault == _ALL else f"vault `{mine.vault}`"
                yield self.problem(
                    site,
                    "vault",
                    f"tiering `{mine.name}` is of {what}, and so is `{first.name}`; AWS takes one",
                    label="the second",
                    help="drop one of the two, or merge them: `resources=[…]` narrows one down",
                    others=[(first.where.field("vault"), "the first")],
                )
