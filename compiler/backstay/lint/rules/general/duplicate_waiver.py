"""Two waivers of one thing."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import WaiverSite
from backstay.lint.source import plain

_ONE = 'Waiver("kept-forever", on="p/gold{0}", owner="ops", reason="legal", expires="2027-0{1}-30")'
_POLICY = (
    'policy = Policy("p", attach=root(), vaults=[primary], plans=[Plan("gold",\n'
    '    rules=[Rule("daily", at=daily("03:00"), into=primary)],\n'
    '    select=[Select("gold", where=tag("backup") == "gold")])],\n'
    f"    waivers=[{_ONE}])"
)


class DuplicateWaiver(Rule):
    """An exception is written once."""

    CODE = "GEN029"
    NAME = "duplicate-waiver"
    SEVERITY = "warning"
    SUMMARY = "Two waivers of the same rule on the same thing"
    WHY = (
        "The longer one goes on when the shorter one ends. Who removes one, or lets it end, believes that the "
        "exception is over."
    )
    SOURCES = (plain("either of the two is enough to silence"),)
    VALID = (_POLICY.format("", 3),)
    INVALID = (_POLICY.format("", 3)[:-2] + ",\n        " + _ONE.format("", 6) + "])",)
    ABOUT_SILENCE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Waivers after the first of their rule and thing."""
        first: dict[tuple[str, str], WaiverSite] = {}
        for site in context.silence.waivers:
            waiver = site.waiver
            known = first.setdefault((waiver.rule, waiver.on), site)
            if known is not site:
                yield self.problem(
                    site,
                    "on",
                    f"`{waiver.rule}` on `{waiver.on}` is waived twice, until {known.waiver.expires} and until "
                    f"{waiver.expires}",
                    label="the second",
                    help="keep the one that holds, and remove the other",
                    others=[(known.where.field("on"), "the first")],
                )
