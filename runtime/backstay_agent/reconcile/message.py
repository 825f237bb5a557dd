"""What is sent: the alerts of one round, alike ones together, as text for people and as JSON for programs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from shlex import quote
from typing import Any

from backstay_agent.reconcile.alerts import Alert, Status
from backstay_agent.reconcile.findings import SEVERITIES, Severity, TaskName
from backstay_formats.escape import terminal

FORMAT = 1
_MOST_GROUPS, _MOST_VARIANTS, _MOST_PLACES, _MOST_LINES, _MOST_ALERTS = 60, 3, 6, 12, 1000
_SUBJECT = 100
"""Characters of a subject that Amazon SNS takes, ASCII only. API Publish; read 2026-11."""
_WORDS: Mapping[Status, str] = {"new": "new", "changed": "changed", "again": "still", "resolved": "over"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who sends: the organization, the build's digest and folder, and the names of accounts."""

    organization: str
    build: str
    folder: str
    name: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Message:
    """A message: subject (one line of ASCII), text, JSON document, the worst severity in it, and whose it is."""

    subject: str
    text: str
    document: Mapping[str, Any]
    severity: Severity
    task: TaskName
    owner: str | None = None


def by_owner(alerts: Sequence[Alert]) -> list[tuple[Alert, ...]]:
    """The alerts of one round as they are sent: each owner's in a message, first those that are nobody's."""
    groups: dict[str, list[Alert]] = {}
    for alert in alerts:
        groups.setdefault(alert.trouble.owner or "", []).append(alert)
    return [tuple(groups[owner]) for owner in sorted(groups)]


def compose(origin: Origin, task: TaskName, at: datetime, alerts: Sequence[Alert]) -> Message:
    """The message of alerts that have the same owner, or none; at least one."""
    owner = alerts[0].trouble.owner
    open_ones = [one for one in alerts if one.status != "resolved"]
    severity: Severity = (
        min((one.trouble.severity for one in open_ones), key=SEVERITIES.index) if open_ones else "notice"
    )
    head = f"Backstay for {origin.organization}, {task} at {at:%Y-%m-%d %H:%M} UTC, build {origin.build[:12]}"
    whose = [f"For {terminal(owner)}, who owns what follows."] if owner else []
    text = "\n".join([head, *whose, "", *_groups(origin, alerts)])
    document = {**_document(origin, task, at, alerts), **({"owner": owner} if owner else {})}
    return Message(_subject(origin, task, severity, alerts, open_ones), text, document, severity, task, owner)


def _subject(
    origin: Origin, task: TaskName, severity: Severity, alerts: Sequence[Alert], open_ones: Sequence[Alert]
) -> str:
    first = (open_ones or alerts)[0].trouble.title
    more = len(open_ones or alerts) - 1
    over = "" if open_ones else "over: "
    told = f"[{severity}] {origin.organization} {task}: {over}{first}{f' (+{more})' if more else ''}"
    plain = "".join(letter if " " <= letter <= "~" else "?" for letter in told)
    return plain if len(plain) <= _SUBJECT else f"{plain[: _SUBJECT - 3]}..."


def _groups(origin: Origin, alerts: Sequence[Alert]) -> Iterator[str]:
    """What has the same title stands together, and so do the places where the rest is the same too."""
    groups: dict[tuple[Status, Severity, str], list[Alert]] = {}
    for alert in alerts:
        groups.setdefault((alert.status, alert.trouble.severity, alert.trouble.title), []).append(alert)
    for (status, severity, title), group in list(groups.items())[:_MOST_GROUPS]:
        yield f"{_WORDS[status].upper():<8}{severity:<9} {terminal(title)}"
        yield from _details(origin, group) if status != "resolved" else [f"  in {_places(origin, group)}"]
        yield ""
    if len(groups) > _MOST_GROUPS:
        yield f"and {len(groups) - _MOST_GROUPS} more kinds of trouble (backstay plan and backstay audit tell all)"


def _details(origin: Origin, group: Sequence[Alert]) -> Iterator[str]:
    alike: dict[tuple[str, ...], list[Alert]] = {}
    for alert in group:
        alike.setdefault(alert.trouble.lines, []).append(alert)
    for lines, places in list(alike.items())[:_MOST_VARIANTS]:
        yield f"  in {_places(origin, places)}"
        yield from (f"    {terminal(line)}" for line in lines[:_MOST_LINES])
    rest = [alert for places in list(alike.values())[_MOST_VARIANTS:] for alert in places]
    if rest:
        yield f"  and in {_places(origin, rest)}"
    commands = list(dict.fromkeys(one.trouble.command for one in group if one.trouble.command))
    yield from (f"  $ {_command(origin, one)}" for one in commands[:_MOST_LINES])
    if len(commands) > _MOST_LINES:
        yield f"  and {len(commands) - _MOST_LINES} commands more like these"


def _places(origin: Origin, group: Sequence[Alert]) -> str:
    places = dict.fromkeys(_place(origin, one) for one in group)
    shown = list(places)[:_MOST_PLACES]
    more = f", and {len(places) - len(shown)} more places" if len(places) > len(shown) else ""
    return f"{'; '.join(shown)}{more}"


def _place(origin: Origin, alert: Alert) -> str:
    account, region = alert.trouble.account, alert.trouble.region
    if account is None:
        return "the organization"
    return terminal(origin.name(account)) + (f", {terminal(region)}" if region else "")


def _command(origin: Origin, command: str) -> str:
    return terminal(command.replace("BUILD", quote(origin.folder)))


def _document(origin: Origin, task: TaskName, at: datetime, alerts: Sequence[Alert]) -> dict[str, Any]:
    rows = [
        {
            **alert.trouble.document(),
            "status": alert.status,
            "since": alert.since.isoformat(),
            **({"account_name": origin.name(alert.trouble.account)} if alert.trouble.account else {}),
            **(
                {"command": alert.trouble.command.replace("BUILD", quote(origin.folder))}
                if alert.trouble.command
                else {}
            ),
        }
        for alert in alerts[:_MOST_ALERTS]
    ]
    for row in rows:
        row.pop("repeat", None)
    return {
        "format": FORMAT,
        "organization": origin.organization,
        "build": origin.build,
        "task": task,
        "at": at.isoformat(),
        "alerts": rows,
        "left_out": max(0, len(alerts) - _MOST_ALERTS),
    }
