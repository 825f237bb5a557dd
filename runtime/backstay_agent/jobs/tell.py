"""Tells what jobs came to: a table by account and plan, each failure with AWS's reason, then one sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from backstay_agent.jobs.work import Backup, Copy, Outcome, Status, Trial, Work
from backstay_agent.observed import Unread
from backstay_agent.reasons import sentences
from backstay_formats.escape import terminal
from backstay_formats.width import columns

_SHOWN = 20
_FAILED, _PARTLY = 1, 3
_HEAD = ("account", "plan", "backups", "copies")


def summary(outcomes: Sequence[Outcome], unread: Sequence[Unread], names: Mapping[str, str]) -> tuple[str, set[int]]:
    """The text for a person, and the exit codes that hold. `names` are account names by id."""
    told = (_table(outcomes, names), _notes(outcomes), _troubles(outcomes, names), _unread(unread, names))
    lines = [*(line for part in told for line in part), _verdict(outcomes)]
    codes = {_FAILED} if any(one.status == "failed" for one in outcomes) else set()
    if unread or any(one.status == "unreached" for one in outcomes):
        codes.add(_PARTLY)
    return "\n".join(lines) + "\n", codes


def account_name(account: str, names: Mapping[str, str]) -> str:
    """An account as a person knows it, with its id."""
    name = names.get(account)
    return f"{terminal(name)} ({account})" if name and name != account else account


def _table(outcomes: Sequence[Outcome], names: Mapping[str, str]) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault((one.work.account, one.work.plan), []).append(one)
    if not groups:
        return
    rows = [_HEAD]
    for (account, plan), group in sorted(groups.items()):
        backups, copies = _split(group)
        rows.append((account_name(account, names), terminal(plan), _counts(backups), _counts(copies)))
    widths = [max(columns(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        yield "  " + "   ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""


def _notes(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """What a person should know of jobs besides, each thing once."""
    count = Counter(one.note for one in outcomes if one.note)
    for note, number in sorted(count.items()):
        yield f"  ~ {number} {'copy' if number == 1 else 'copies'} {terminal(note)}."
    if count:
        yield ""


def _troubles(outcomes: Iterable[Outcome], names: Mapping[str, str]) -> Iterator[str]:
    """Each failure; those that share account, plan, rule and reason are told once."""
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for one in outcomes:
        if one.status in ("failed", "unreached"):
            work = one.work
            key = (work.account, work.region, work.plan, work.rule_name, _verb(work), one.reason or "")
            groups.setdefault(key, []).append(one)
    for number, ((account, region, plan, rule, verb, reason), group) in enumerate(sorted(groups.items())):
        if number == _SHOWN:
            yield f"  ✗ and {len(groups) - _SHOWN} more like this"
            break
        what = _what(group)
        yield f"  ✗ {account_name(account, names)}, {region}, {terminal(plan)}/{terminal(rule)}: {verb} {what}:"
        yield f"      {terminal(reason)}"
        yield from (f"      → {sentence}" for sentence in sentences(reason))
    if groups:
        yield ""


def _what(group: Sequence[Outcome]) -> str:
    first = terminal(group[0].work.resource)
    return first if len(group) == 1 else f"{first} and {len(group) - 1} more"


def _verb(work: Work) -> str:
    match work:
        case Backup():
            return "backup of"
        case Copy():
            return f"copy to {terminal(work.destination)} of"
        case Trial():
            return "restore of"
        case _:
            assert_never(work)


def _unread(unread: Iterable[Unread], names: Mapping[str, str]) -> Iterator[str]:
    lines = [
        f"  ? {account_name(one.account, names)}{f', {one.region}' if one.region else ''}: {terminal(one.error)}"
        for one in sorted(unread, key=lambda one: (one.account, one.region or ""))
    ]
    yield from lines
    if lines:
        yield ""


def _verdict(outcomes: Sequence[Outcome]) -> str:
    backups, copies = _split(outcomes)
    parts = [_sentence(group, noun) for group, noun in ((backups, "backup"), (copies, "copy")) if group]
    earlier = sum(one.earlier for one in outcomes)
    if earlier:
        parts.append(f"Of these {earlier} by an earlier run (another --token does them again).")
    return " ".join(parts) if parts else "Nothing was started."


def _sentence(group: Sequence[Outcome], noun: str) -> str:
    count = Counter(one.status for one in group)
    plural = {"backup": "backups", "copy": "copies"}[noun] if len(group) != 1 else noun
    rest = [f"{count[status]} {word}" for status, word in _WORDS if status != "completed" and count[status]]
    if not rest:
        return f"{len(group)} {plural} completed."
    return f"{count['completed']} of {len(group)} {plural} completed, {', '.join(rest)}."


def _counts(group: Sequence[Outcome]) -> str:
    count = Counter(one.status for one in group)
    return ", ".join(f"{count[status]} {word}" for status, word in _WORDS if count[status]) or "–"


def _split(outcomes: Iterable[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    both: tuple[list[Outcome], list[Outcome]] = ([], [])
    for one in outcomes:
        both[0 if isinstance(one.work, Backup) else 1].append(one)
    return both


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - columns(cell))


_WORDS: tuple[tuple[Status, str], ...] = (
    ("completed", "completed"),
    ("failed", "failed"),
    ("running", "running"),
    ("unreached", "not reached"),
)
