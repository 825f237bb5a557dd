"""A plan as Markdown for a pull request: the verdict first, then losses and locks, then the rest, folded. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay_agent.explain.drift import drift_lines
from backstay_agent.explain.groups import Group, count, grouped, where
from backstay_agent.explain.sentences import Mark, headline, left_alone, losing, read_at, sentence
from backstay_agent.origins import Origins
from backstay_agent.told import Sign, title
from backstay_contract.plan import Action, ChangePlan
from backstay_formats.comment import Part, fit, table
from backstay_formats.escape import brief, markdown, markdown_code

_SENTENCE = 400
_CHANGES = 6
_IDS = 24
_COLUMNS = ("", "what", "where", "why")
_VERBS: dict[Sign, str] = {
    "+ create": "to add",
    "~ change": "to change",
    "± replace": "to replace",
    "- remove": "to remove",
}
_ALWAYS = ("+ create", "~ change", "- remove")
_HEADINGS: dict[Mark, str] = {
    "conflict": "In the way",
    "contested": "Managed by others, too",
    "missing": "Missing: nothing is written there without it",
    "doubt": "May be in the way",
    "unread": "Could not be read",
    "stays": "Stays",
    "orphan": "Ours, and in no policy any more: `backstay destroy` removes it",
}


def render(plan: ChangePlan, origins: Origins) -> str:
    """The comment. Text from outside is never markup, a link or a mention; what one comment cannot hold is counted."""
    return fit(f"**{_verdict(plan)}**\n\n{_second(plan)}\n", _parts(plan, origins), "the saved plan has them all")


def _verdict(plan: ChangePlan) -> str:
    """The one line that a reviewer reads."""
    losses, locks = losing(plan), _final(plan.actions)
    parts = []
    if losses:
        parts.append(f"{count(len(losses), 'action')} {'takes' if len(losses) == 1 else 'take'} protection away")
    if locks:
        parts.append(f"{count(len(locks), 'action')} can never be undone")
    if not plan.actions:
        return markdown(headline(plan))
    return f"Backups: {', '.join(parts) or 'protection never drops while this is applied'}"


def _second(plan: ChangePlan) -> str:
    """Counts, in the words that people know from other tools."""
    groups = grouped(plan.actions)
    signs = {one: sum(len(group.actions) for group in groups if group.sign == one) for one in _VERBS}
    locks = len(_final(plan.actions))
    counts = ", ".join(f"{signs[one]} {verb}" for one, verb in _VERBS.items() if signs[one] or one in _ALWAYS)
    accounts = len({action.account for action in plan.actions})
    unread = len({it.account for it in plan.unreadable if it.named})
    parts = [
        counts + (f" · 🔒 {locks}" if locks else ""),
        f"{accounts} of {count(plan.accounts, 'account')}",
        *([f"{count(unread, 'account')} not readable"] if unread else []),
        f"AWS was read at {read_at(plan)}",
        f"plan {plan.id}",
    ]
    return " · ".join(map(markdown, parts))


def _parts(plan: ChangePlan, origins: Origins) -> Iterator[Part]:
    groups = grouped(plan.actions)
    losses = [group for group in groups if group.effect == "destructive"]
    locks = [group for group in groups if group.effect == "irreversible"]
    rest = [group for group in groups if group.effect == "reversible"]
    yield Part(table("### Takes protection away", _COLUMNS), _rows(plan, losses, origins))
    yield Part(table("### 🔒 Can never be undone", _COLUMNS), _rows(plan, locks, origins))
    for mark, items in left_alone(plan):
        rows = (f"- {markdown(brief(sentence(plan, item), _SENTENCE))}\n" for item in items)
        yield Part(f"\n### {_HEADINGS[mark]}\n\n", tuple(rows))
    number = sum(len(group.actions) for group in rest)
    head = "What else changes" if losses or locks else "What changes"
    summary = f"<details><summary>{head} ({number})</summary>"
    yield Part(table(summary, _COLUMNS), _rows(plan, rest, origins), "\n</details>\n")


def _rows(plan: ChangePlan, groups: Sequence[Group], origins: Origins) -> tuple[str, ...]:
    return tuple(_row(plan, group, origins) for group in groups)


def _row(plan: ChangePlan, group: Group, origins: Origins) -> str:
    first = group.first
    written = origins.place(first)
    source = f"<br>{markdown_code(written)}" if written else ""
    lines = [first.reason, *drift_lines(group.every), *filter(None, [group.way]), *group.changes[:_CHANGES]]
    if len(group.changes) > _CHANGES:
        lines.append(f"and {len(group.changes) - _CHANGES} more changes")
    why = "<br>".join(markdown(brief(line, _SENTENCE)) for line in lines)
    what = f"{len(group.actions)} {group.what}: {markdown_code(title(first))}{source}"
    return f"| {markdown(group.sign)} | {what} | {markdown(where(plan, group.actions))} | {why}{_approval(group)} |\n"


def _approval(group: Group) -> str:
    if group.first.effect != "irreversible":
        return ""
    ids = [action.id for action in group.actions]
    more = f"<br>and {len(ids) - _IDS} more" if len(ids) > _IDS else ""
    return "".join(f"<br>{markdown_code(f'--approve {identity}')}" for identity in ids[:_IDS]) + more


def _final(actions: Sequence[Action]) -> list[Action]:
    return [action for action in actions if action.effect == "irreversible"]
