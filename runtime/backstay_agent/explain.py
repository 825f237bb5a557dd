"""Tells a plan to a person: what will be done, where, what can never be undone, and what is left alone. Pure.

Identical changes are told once, with the accounts that share them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from backstay_agent.origins import Origins
from backstay_agent.told import NOUNS, Sign, noun, sign, title
from backstay_contract.build import ACCOUNT_PLACEHOLDER
from backstay_contract.plan import Action, ChangePlan, Conflict, Orphan, Prerequisite, Unapplied, Unreadable
from backstay_formats.escape import terminal

_SIGNS: tuple[Sign, ...] = ("+ create", "~ change", "- remove", "🔒 lock")
_SHOWN = 8
"""How many lines of one kind are shown without --detail."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Actions that differ in nothing but their place."""

    actions: tuple[Action, ...]

    @property
    def first(self) -> Action:
        return self.actions[0]


def explain(plan: ChangePlan, origins: Origins, *, detail: bool = False) -> str:
    """The whole plan as text; everything that came from outside is harmless in a terminal."""
    blocks = [
        [_headline(plan)],
        list(_actions(plan, origins, detail=detail)),
        list(_left_alone(plan, detail=detail)),
        [_verdict(plan)],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines and lines != [""]) + "\n"


def nothing_to_do(plan: ChangePlan) -> bool:
    """Whether AWS is as the build wants it, as far as could be seen."""
    return not plan.actions


def _headline(plan: ChangePlan) -> str:
    left = len(plan.conflicts) + len(plan.missing)
    if not plan.actions and left:
        return f"Nothing that could be done, but not all is as the build says: {_count(left, 'thing')} in the way."
    if not plan.actions:
        seen = plan.accounts - len({it.account for it in plan.unreadable if it.named})
        said = "as the build says" + (", but for what is not applied" if plan.unapplied else "")
        return f"Nothing to do: {_count(seen, 'account')} {said}." if seen else "Nothing could be read."
    accounts = len({action.account for action in plan.actions})
    regions = len({action.region for action in plan.actions})
    where = f"{accounts} of {_count(plan.accounts, 'account')}, {_count(regions, 'Region')}"
    return f"Backstay will act in {where}. Nothing has been changed yet."


def _actions(plan: ChangePlan, origins: Origins, *, detail: bool) -> Iterator[str]:
    groups = _grouped(plan.actions)
    for kind in _SIGNS:
        of_kind = [group for group in groups if sign(group.first) == kind]
        shown = of_kind if detail else of_kind[: _SHOWN * 2]
        for group in shown:
            yield from _told(plan, group, origins, detail=detail)
        if len(shown) < len(of_kind):
            rest = sum(len(group.actions) for group in of_kind[len(shown) :])
            yield f"  {kind:<10} {rest} more of other kinds (--detail shows them all)"


def _grouped(actions: Iterable[Action]) -> list[_Group]:
    ordered = sorted(actions, key=_likeness)
    return [_Group(tuple(same)) for _, same in groupby(ordered, key=_likeness)]


def _likeness(action: Action) -> tuple[str, ...]:
    """What two actions share when they are told as one; an account's own id does not count as a difference."""
    changes = _shared(action)
    return (
        str(NOUNS.index(noun(action))),
        noun(action),
        sign(action),
        action.name,
        action.effect,
        action.reason,
        *changes,
    )


def _shared(action: Action) -> list[str]:
    """The changes without what is the place's own."""
    own = ((action.account, ACCOUNT_PLACEHOLDER), (f":{action.region}:", ":$region:"))
    changes = list(action.changes)
    for text, placeholder in own:
        changes = [change.replace(text, placeholder) for change in changes]
    return changes


def _told(plan: ChangePlan, group: _Group, origins: Origins, *, detail: bool) -> Iterator[str]:
    first, count = group.first, len(group.actions)
    what = noun(first) if count == 1 else _plural(noun(first))
    written = origins.place(first)
    source = f"   ({terminal(written)})" if written else ""
    lead = f"  {_signed(first)} {count:>4} {what:<15}"
    yield f"{lead} {terminal(title(first))} in {_where(plan, group.actions)}{source}"
    if detail or sign(first) != "+ create":  # a creation speaks for itself: the policy wants what is not there
        yield f"{'':<17} because {terminal(first.reason)}"
    changes = _shared(first) if count > 1 else list(first.changes)
    shown = changes if detail else changes[:_SHOWN]
    yield from (f"{'':<17} {terminal(change)}" for change in shown)
    if len(shown) < len(changes):
        yield f"{'':<17} and {len(changes) - len(shown)} more changes (--detail)"
    if first.effect == "irreversible":
        yield from _approval([action.id for action in group.actions], detail=detail)


def _signed(action: Action) -> str:
    """The sign, padded; a padlock is two columns wide."""
    text = sign(action)
    return f"{text:<9}" if text.startswith("🔒") else f"{text:<10}"


def _approval(ids: Sequence[str], *, detail: bool) -> Iterator[str]:
    shown = ids if detail else ids[: _SHOWN * 3]
    yield f"{'':<17} can never be undone once its date has come; approve one by one with"
    yield from (f"{'':<17}   --approve {identity}" for identity in shown)
    if len(shown) < len(ids):
        yield f"{'':<17}   and {len(ids) - len(shown)} more (--detail, or the saved plan, has them all)"


def _where(plan: ChangePlan, actions: Sequence[Action]) -> str:
    accounts = sorted({action.account for action in actions})
    regions = sorted({action.region for action in actions})
    who = _account(plan, accounts[0]) if len(accounts) == 1 else f"{len(accounts)} accounts"
    if len(actions) == len(accounts) * len(regions):
        return f"{who}{', ' if len(accounts) == 1 else ' × '}{', '.join(regions)}"
    return f"{who}, {_count(len(regions), 'Region')}"


def _account(plan: ChangePlan, account: str) -> str:
    name = plan.names.get(account)
    return f"{terminal(name)} ({account})" if name else account


def _left_alone(plan: ChangePlan, *, detail: bool) -> Iterator[str]:
    items: list[Sequence[Conflict | Prerequisite | Unreadable | Orphan]] = [
        plan.conflicts,
        plan.missing,
        [it for it in plan.unreadable if it.named],
        plan.orphans,
        [it for it in plan.unreadable if not it.named],
    ]
    yield from _not_applied(plan.unapplied)
    for kind in items:
        lines = [_line(plan, item) for item in kind]
        yield from lines if detail else lines[:_SHOWN]
        if not detail and len(lines) > _SHOWN:
            yield f"  … and {len(lines) - _SHOWN} more like this (--detail)"


def _not_applied(items: Sequence[Unapplied]) -> Iterator[str]:
    """One line a kind: what the build has and this agent leaves to others."""
    for kind in sorted({item.kind for item in items}):
        of_kind = [item for item in items if item.kind == kind]
        names = ", ".join(sorted({name for item in of_kind for name in item.names}))
        places = _count(len(of_kind), "place")
        word = kind.replace("_", " ")
        advice = "this agent does not apply them; deploy them with --target cloudformation or terraform"
        yield f"  ! not applied: {word} ({terminal(names)}) in {places}; {advice}"


def _line(plan: ChangePlan, item: Conflict | Prerequisite | Unreadable | Orphan) -> str:
    region = f", {item.region}" if item.region else ""
    where = f"{_account(plan, item.account)}{region}"
    match item:
        case Conflict():
            return (
                f"  ! conflict  {item.kind.replace('-', ' ')} {terminal(item.name)} in {where}: {terminal(item.reason)}"
            )
        case Prerequisite():
            needed = (
                f"{terminal(item.name)}, which {terminal(item.needed_by)} needs; nothing is written there without it"
            )
            return f"  ! missing   {item.kind} in {where}: {needed}"
        case Orphan():
            return f"  ? orphan    {item.kind} {terminal(item.name)} in {where}: {terminal(item.reason)}"
        case Unreadable():
            told = "could not be read" if item.named else "could not be looked into for orphans"
            return f"  ? unread    {where} {told}: {terminal(item.error)}"


def _verdict(plan: ChangePlan) -> str:
    if not plan.actions:
        return ""
    taking = sum(action.effect == "destructive" for action in plan.actions)
    if taking:
        verb = "takes" if taking == 1 else "take"
        told = f"{taking} of the actions {verb} protection away, because the policies say so; they come last."
    else:
        told = "Protection never drops while this is applied."
    return f"{told} {_count(len(plan.actions), 'action')}; AWS was read at {plan.at[:16].replace('T', ' ')} UTC."


def _count(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else word + 's'}"


def _plural(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") else word if word.endswith("s") else f"{word}s"
