"""One shard of an audit: everything of an account in a Region. Repeatable; what cannot be read is said by noun."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from backstay_agent import discover
from backstay_agent.audit import duties, membership, promises, read_jobs, read_plans, read_vaults
from backstay_agent.audit.membership import OptIns
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.controls.facts import Noun, Place
from backstay_agent.observed import Unread
from backstay_agent.wanted import Build
from backstay_aws import selection

T = TypeVar("T")


class _Refused(Exception):  # noqa: N818 -- carries the account's own refusal out of the shard
    """The account could not be entered at all."""


class _Reading:
    """Reads one noun after another, and remembers why one could not be read."""

    def __init__(self) -> None:
        self.unread: dict[Noun, str] = {}

    def get(self, noun: Noun, read: Callable[[], list[T]], otherwise: Sequence[T] = ()) -> list[T]:
        try:
            return read()
        except AwsProblem as problem:
            if problem.operation == "AssumeRole":
                raise _Refused(f"{problem.code} while assuming the agent's role: {problem.message}") from problem
            self.note(noun, problem)
            return list(otherwise)

    def note(self, noun: Noun, problem: AwsProblem) -> None:
        """Remember why a noun could not be read."""
        self.unread[noun] = f"{problem.code} from {problem.operation}: {problem.message}"


def read_shard(build: Build, aws: Aws, account: str, region: str) -> Place | Unread:
    """Everything that the controls ask about, or why the account cannot be entered."""
    try:
        return _read(build, aws, account, region)
    except _Refused as refused:
        return Unread(account, None, str(refused))


def _read(build: Build, aws: Aws, account: str, region: str) -> Place:
    reading = _Reading()
    plans = reading.get("plans", lambda: read_plans.read_plans(aws, account, region))
    vaults = reading.get("vaults", lambda: read_vaults.read_vaults(aws, account, region))
    vaults = reading.get("policies", lambda: read_vaults.with_policies(aws, account, region, vaults), vaults)
    points = reading.get("points", lambda: read_vaults.read_points(aws, account, region, vaults))
    unlisted = partial(reading.note, "buckets")
    found = reading.get("resources", lambda: discover.find(aws, account, region, unlisted=unlisted))
    jobs = reading.get("jobs", lambda: read_jobs.read_jobs(aws, account, region))
    restores = reading.get("restores", lambda: read_jobs.read_restores(aws, account, region, points))
    selections = {plan.row.id: [selection.from_api(body) for body in plan.selections] for plan in plans}
    promised = build.names(account, region)
    resources = membership.assign(found, selections, _opt_ins(aws, account, region))
    return Place(
        account,
        region,
        resources,
        tuple(plan.row for plan in plans),
        tuple(vaults),
        tuple(points),
        promises.lock_promises(build, account, region) if promised else (),
        promises.plan_promises(build, account, region, plans) if promised else (),
        reading.unread,
        jobs=tuple(jobs),
        restores=tuple(restores),
        duties=duties.duties(build, account, region, resources),
        waivers=duties.waivers(build, account, region),
        asked=duties.asked(build, account, region),
    )


def _opt_ins(aws: Aws, account: str, region: str) -> OptIns:
    try:
        answer = aws.call(account, region, "backup", "DescribeRegionSettings")
    except AwsProblem:
        return None
    return dict(answer["ResourceTypeOptInPreference"])
