"""Tiering configurations: when S3 recovery points move to the lower-cost warm tier, from which nothing comes back.

The move is irreversible, of old and new objects alike (developer guide, "Backup tiering", read 2026-11): so is a
configuration that moves something sooner than before.
"""

from __future__ import annotations

from collections.abc import Iterator

from backstay_agent import normal
from backstay_agent.observed import Part
from backstay_agent.parts.listed import GONE, Listing, read, tag
from backstay_agent.parts.noun import Body, Change, Look, Noun, Removal, Task, Wish
from backstay_agent.parts.steps import Step, Steps

_MEMBERS = ("TieringConfigurationName", "BackupVaultName", "ResourceSelection")


def _body(answer: Body) -> Body:
    body: Body = normal.settled({name: answer.get(name) for name in _MEMBERS})
    return body


def _wishes(shape: Body) -> Iterator[Wish]:
    for one in shape.get("tiering_configurations", ()):
        body = _body(one["TieringConfiguration"])
        tags = one.get("TieringConfigurationTags", {})
        yield Wish("tiering-configuration", body["TieringConfigurationName"], body, tags)


_WAY = Listing(
    "ListTieringConfigurations",
    "TieringConfigurations",
    "TieringConfigurationName",
    "TieringConfigurationArn",
    "GetTieringConfiguration",
    _body,
    inside="TieringConfiguration",
)


def _read(look: Look) -> Steps[list[Part]]:
    return (yield from read("tiering-configuration", _WAY, look))


def _create(task: Task) -> Steps[None]:
    given = {"TieringConfiguration": task.body, "TieringConfigurationTags": task.tags}
    yield Step("CreateTieringConfiguration", {**given, "CreatorRequestId": task.token})


def _update(task: Task) -> Steps[None]:
    yield from tag(task.key, task.tags)
    if task.body != task.before:
        given = {name: value for name, value in task.body.items() if name != "TieringConfigurationName"}
        yield Step("UpdateTieringConfiguration", {"TieringConfigurationName": task.name, "TieringConfiguration": given})


def _delete(task: Task) -> Steps[None]:
    yield Step("DeleteTieringConfiguration", {"TieringConfigurationName": task.name}, fine=GONE)


def _change(before: Body, after: Body) -> Change:
    """Moving later, or less, undoes nothing and can be taken back; moving anything sooner cannot."""
    was = dict(_days(before))
    later = all(was.get(key, float("inf")) <= days for key, days in _days(after))
    same_vault = before["BackupVaultName"] in (after["BackupVaultName"], "*")
    return Change("reversible" if later and same_vault else "irreversible")


def _removal(_part: Part) -> Removal:
    return Removal(told=("what has moved to the lower-cost tier stays there",))


def _told(body: Body) -> tuple[str, ...]:
    vault = "every vault" if body["BackupVaultName"] == "*" else f"vault {body['BackupVaultName']}"
    kinds = (f"{kind} ({resource}) after {days:g} days" for (kind, resource), days in _days(body))
    return (f"{vault}: {', '.join(kinds)}; what has moved to the lower-cost tier never moves back",)


def _days(body: Body) -> Iterator[tuple[tuple[str, str], float]]:
    for one in body["ResourceSelection"]:
        for resource in one["Resources"]:
            yield (one["ResourceType"], resource), one["TieringDownSettingsInDays"]


NOUN = Noun(
    "tiering-configuration",
    "tiering_configurations",
    _wishes,
    _read,
    _create,
    _update,
    _delete,
    creation="irreversible",
    told=_told,
    removal=_removal,
    change=_change,
    index="backup:tiering-configuration",
)
