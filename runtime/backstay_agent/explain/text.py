"""A plan as text for a terminal: complete, short, harmless. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay_agent.explain.drift import drift_lines
from backstay_agent.explain.groups import Group, grouped, where
from backstay_agent.explain.sentences import Mark, headline, left_alone, sentence, verdict
from backstay_agent.explain.unread import Alike, alike
from backstay_agent.origins import Origins
from backstay_agent.told import Sign, title
from backstay_contract.plan import Action, ChangePlan, PutVaultLock, Unreadable
from backstay_formats.escape import terminal

_SIGNS: tuple[Sign, ...] = ("+ create", "~ change", "± replace", "- remove", "🔒 lock")
_LEADS: dict[Mark, str] = {
    "conflict": "! conflict",
    "contested": "! contested",
    "missing": "! missing",
    "doubt": "? doubt",
    "unread": "? unread",
    "orphan": "? orphan",
    "stays": "! stays",
}
_SHOWN = 8
"""How many lines of one kind are shown without --detail."""
_A_LINE = 3
"""How many accounts are named in one line."""


def explain(plan: ChangePlan, origins: Origins, *, detail: bool = False) -> str:
    """The whole plan; identical changes are told once, with the accounts that share them."""
    blocks = [
        [headline(plan)],
        list(_actions(plan, origins, detail=detail)),
        list(_left_alone(plan, detail=detail)),
        [verdict(plan)],
    ]
    return "\n\n".join("\n".join(map(terminal, lines)) for lines in blocks if lines and lines != [""]) + "\n"


def _actions(plan: ChangePlan, origins: Origins, *, detail: bool) -> Iterator[str]:
    groups = grouped(plan.actions)
    for kind in _SIGNS:
        of_kind = [group for group in groups if group.sign == kind]
        shown = of_kind if detail else of_kind[: _SHOWN * 2]
        for group in shown:
            yield from _told(plan, group, origins, detail=detail)
        if len(shown) < len(of_kind):
            rest = sum(len(group.actions) for group in of_kind[len(shown) :])
            yield f"  {kind:<10} {rest} more of other kinds (--detail shows them all)"


def _told(plan: ChangePlan, group: Group, origins: Origins, *, detail: bool) -> Iterator[str]:
    first = group.first
    written = origins.place(first)
    lead = f"  {_signed(group.sign)} {len(group.actions):>4} {group.what:<15}"
    yield f"{lead} {title(first)} in {where(plan, group.actions)}{f'   ({written})' if written else ''}"
    if detail or group.sign != "+ create":  # a creation speaks for itself: the policy wants what is not there
        yield f"{'':<17} because {first.reason}"
    yield from (f"{'':<17} {line}" for line in (*drift_lines(group.every), *filter(None, [group.way])))
    shown = group.changes if detail else group.changes[:_SHOWN]
    yield from (f"{'':<17} {change}" for change in shown)
    if len(shown) < len(group.changes):
        yield f"{'':<17} and {len(group.changes) - len(shown)} more changes (--detail)"
    if first.effect == "irreversible":
        yield from _approval(group.actions, detail=detail)


def _signed(text: Sign) -> str:
    """The sign, padded; a padlock is two columns wide."""
    return f"{text:<9}" if text.startswith("🔒") else f"{text:<10}"


def _approval(actions: Sequence[Action], *, detail: bool) -> Iterator[str]:
    ids = [action.id for action in actions]
    shown = ids if detail else ids[: _SHOWN * 3]
    when = " once its date has come" if isinstance(actions[0], PutVaultLock) else ""
    yield f"{'':<17} can never be undone{when}; approve one by one with"
    yield from (f"{'':<17}   --approve {identity}" for identity in shown)
    if len(shown) < len(ids):
        yield f"{'':<17}   and {len(ids) - len(shown)} more (--detail, or the saved plan, has them all)"


def _left_alone(plan: ChangePlan, *, detail: bool) -> Iterator[str]:
    for mark, items in left_alone(plan):
        unread = [] if detail else [item for item in items if isinstance(item, Unreadable)]
        told = [_unread(plan, one) for one in alike(unread)] or [[sentence(plan, item)] for item in items]
        shown = told if detail else told[:_SHOWN]
        for first, *more in shown:
            yield f"  {_LEADS[mark]:<11} {first}"
            yield from (f"{'':<17} {line}" for line in more)
        if len(shown) < len(told):
            yield f"  … and {len(told) - len(shown)} more like this (--detail)"


def _unread(plan: ChangePlan, group: Alike) -> list[str]:
    """Accounts that one reason keeps from being read: the reason, then who."""
    if not group.many:
        return [sentence(plan, group.first)]
    names = group.names(plan)
    shown = names[: _SHOWN * _A_LINE]
    lines = [", ".join(shown[first : first + _A_LINE]) for first in range(0, len(shown), _A_LINE)]
    rest = [f"and {len(names) - len(shown)} more (--detail)"] if len(shown) < len(names) else []
    return [group.sentence(), *lines, *rest]
