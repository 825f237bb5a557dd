"""Collects an organization: one shard for each account and Region, through whatever executor is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import suppress
from datetime import datetime

from backstay_agent.audit.shard import read_shard
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.controls.facts import Facts, Member, Place
from backstay_agent.observed import Unread
from backstay_agent.organization_tree import is_active
from backstay_agent.wanted import Build

WORKERS = 16
Tick = Callable[[int, int], None]


def collect(build: Build, aws: Aws, executor: Executor, only: Sequence[str] = (), tick: Tick | None = None) -> Facts:
    """Everything of the accounts of the build and of the organization, in the build's Regions.

    `only` narrows it to some accounts. One that cannot be read stops no other. Raises UnreachableError when AWS does
    not answer at all.
    """
    began = _time(build, aws)
    unread: list[Unread] = []
    members = tuple(member for member in _members(build, aws, unread) if not only or member.id in only)
    todo = [(member.id, region) for member in members for region in build.regions]
    running = [executor.submit(read_shard, build, aws, *place) for place in todo]
    for done, _ in enumerate(as_completed(running), 1):
        if tick:
            tick(done, len(running))
    outcomes = [future.result() for future in running]
    places = tuple(outcome for outcome in outcomes if isinstance(outcome, Place))
    refused = dict.fromkeys(outcome for outcome in outcomes if isinstance(outcome, Unread))
    return Facts(
        build.index.organization.id, began, _time(build, aws), build.regions, members, places, (*unread, *refused)
    )


def _time(build: Build, aws: Aws) -> datetime:
    """The time of AWS Backup itself, which ages are judged by; refused or not, an answer tells it."""
    caller = aws.caller()
    if build.home is not None:
        with suppress(AwsProblem):
            aws.call(caller, build.home, "backup", "ListBackupVaults", MaxResults=1)
    return aws.now


def _members(build: Build, aws: Aws, unread: list[Unread]) -> Iterator[Member]:
    """The accounts of the build, and after them those of the organization that the build gives nothing."""
    for identity, account in sorted(build.index.accounts.items()):
        yield Member(identity, account.name, account.unit, governed=True)
    management = build.index.organization.management_account
    if build.home is None:
        return
    try:
        listed = list(aws.pages(management, build.home, "organizations", "ListAccounts", "Accounts"))
    except AwsProblem as problem:
        sentence = f"the organization's accounts could not be listed, so only those of the build were read: {problem}"
        unread.append(Unread(management, None, sentence))
        return
    for item in sorted(listed, key=lambda item: str(item["Id"])):
        if item["Id"] not in build.index.accounts and is_active(item):
            yield Member(item["Id"], item.get("Name", item["Id"]), "", governed=False)
