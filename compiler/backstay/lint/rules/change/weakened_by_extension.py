"""Policies from below that keep for less time than the policy above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from backstay.lint.context import Context
from backstay.lint.kept import Kept, all_kept
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.words import days, kept
from backstay_contract.findings import Span

_ABOVE = (
    'base = Policy("base", attach=root(), vaults=[primary], plans=[Plan("gold",\n'
    '    rules=[Rule("daily", at=daily("03:00"), into=primary, keep={keep})],\n'
    '    select=[Select("gold", where=tag("backup") == "gold")])])\n'
)
_BELOW = 'policy = Policy("apps", attach=ou("Workloads"), {said})'
_RULE = 'extends="base", plans=[Plan("gold", rules=[Rule("daily", keep=days({days}))])]'


class WeakenedByExtension(Rule):
    """What a policy above promises, one below does not take back in passing."""

    CODE = "CHG005"
    NAME = "weakened-by-extension"
    SEVERITY = "warning"
    SUMMARY = "A policy that keeps for less time than the policy which it extends, or whose parameter it gives"
    WHY = (
        "Whoever reads the policy above believes that its retention holds everywhere. Accounts below keep for less, by "
        "a line in another file. Where that is meant, a waiver says who decided it; where it must not be, `final=` "
        "in the policy above forbids it."
    )
    SOURCES = (plain("a promise that others can shorten is none"),)
    VALID = (
        _ABOVE.format(keep="days(35)") + _BELOW.format(said=_RULE.format(days=90)),
        _ABOVE.format(keep='param("keep", days(35))') + _BELOW.format(said='params={"keep": days(90)}'),
    )
    INVALID = (
        _ABOVE.format(keep="days(35)") + _BELOW.format(said=_RULE.format(days=7)),
        _ABOVE.format(keep='param("keep", days(35))') + _BELOW.format(said='params={"keep": days(7)}'),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules and copies whose retention another policy said, against those where it did not."""
        for forms in _forms(context):
            above = [one for one in forms if _sayer(one) == one.site.where.policy]
            longest = max(above, key=_length, default=None)
            for one in forms if longest is not None else ():
                if _sayer(one) != one.site.where.policy and longest is not None and _length(one) < _length(longest):
                    yield self._told(one, longest)

    def _told(self, one: Kept, above: Kept) -> Problem:
        shorter, longer = one.lifecycle.delete_after, above.lifecycle.delete_after
        policy = one.site.where.policy
        said, target = one.site.where.origin("keep")
        return self.problem(
            replace(one.site, where=replace(one.site.where, policy=said, target=target)),
            "keep",
            f"policy `{said}` has {one.name} kept {kept(shorter)}; policy `{policy}` by itself keeps {kept(longer)}",
            label=days(shorter),
            help=f"keep {kept(longer)} or longer, or waive it with an owner and a reason",
            notes=[f"`final=` in policy `{policy}` would forbid it"],
            others=[(above.site.where.field("keep"), days(longer))],
        )


def _forms(context: Context) -> Iterator[list[Kept]]:
    """The forms that one rule or copy has in different places, if there are several."""
    found: dict[tuple[Span | None, tuple[str, ...], str], list[Kept]] = defaultdict(list)
    for one in all_kept(context):
        if "keep" in one.site.where.fields or "keep" in one.site.where.brought:
            found[one.site.where.span, one.site.path, one.name].append(one)
    yield from (forms for forms in found.values() if len({one.lifecycle for one in forms}) > 1)


def _sayer(one: Kept) -> str:
    """The policy that says how long."""
    return one.site.where.origin("keep")[0]


def _length(one: Kept) -> float:
    count = one.lifecycle.delete_after
    return float("inf") if count is None else count
