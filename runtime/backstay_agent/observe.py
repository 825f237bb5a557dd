"""The eyes: reads every account and Region that matters, many at a time. One that cannot be read stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backstay_agent.aws import Aws, AwsProblem, SkewedError
from backstay_agent.interned import Interned
from backstay_agent.observed import Observed, Place, Policies, Unread
from backstay_agent.once import Once
from backstay_agent.organization_tree import is_active
from backstay_agent.parts import organization as organization_policies
from backstay_agent.read_around import read_around
from backstay_agent.read_needs import Needs
from backstay_agent.read_place import PlaceReader
from backstay_agent.side_by_side import side_by_side
from backstay_agent.take_steps import take_steps
from backstay_agent.wanted import Build
from backstay_contract.plan import Scope

WORKERS = 16
"""Places that are read at a time."""
_NO_ORGANIZATION = {"AWSOrganizationsNotInUseException"}
_OF_THE_ACCOUNT = ("refusal", "quota", "expired")
"""Failures of AssumeRole that are the same through every Region: the account is not asked again."""
Tick = Callable[[int, int], None]


def observe(build: Build, aws: Aws, scope: Scope, tick: Tick | None = None) -> Observed:
    """Read the accounts that the build names, and all others of the organization, where things of ours may be left.

    Raises UnreachableError when AWS does not answer at all, or when this machine's clock is so wrong that AWS refuses
    everything; any other failure becomes an `Unread`.
    """
    aws.caller()
    unread: list[Unread] = []
    accounts = list(scope.only) or _accounts(build, aws, unread)
    regions = sorted({*build.regions, *scope.also_regions})
    todo = [(account, region) for account in accounts for region in regions]
    places, failed = _read_all(_Eyes(build, aws), todo, tick)
    settings = _global_settings(build, aws, scope, unread)
    overlooked: list[Unread] = []
    policies = _policies(build, aws, scope, unread, overlooked)
    every = tuple(sorted({*unread, *failed}, key=lambda it: (it.account, it.region or "")))
    around = read_around(build, aws, places)
    return Observed(aws.now, places, settings, every, policies, tuple(overlooked), around=around)


def _accounts(build: Build, aws: Aws, unread: list[Unread]) -> list[str]:
    """The accounts of the build and of the organization; where there is none to list, those of the build."""
    organization = build.index.organization
    found = set(build.index.accounts)
    if build.home is None:
        return sorted(found)
    try:
        listed = aws.pages(organization.management_account, build.home, "organizations", "ListAccounts", "Accounts")
        found |= {account["Id"] for account in listed if is_active(account)}
    except AwsProblem as problem:
        if problem.code not in _NO_ORGANIZATION:
            sentence = f"the organization's accounts could not be listed, so orphans elsewhere are not known: {problem}"
            unread.append(Unread(organization.management_account, None, sentence))
    return sorted(found)


class _Eyes:
    """What the readers of all places share."""

    def __init__(self, build: Build, aws: Aws) -> None:
        self._build, self._aws = build, aws
        self._needs = Needs(aws)
        self._entered: Once[AwsProblem | None] = Once()
        self._interned = Interned()

    def read(self, account: str, region: str) -> Place | Unread:
        """One place, or why it could not be read."""
        try:
            refused = self._entered.get(account, lambda: self._enter(account, region))
            if refused is not None:
                return Unread(account, None, _sentence(refused))
            wanted = self._build.wanted(account, region)
            place = PlaceReader(self._aws, self._build.index.organization.id, wanted, self._needs).read()
            return self._interned.of(place)
        except AwsProblem as problem:
            if problem.failure == "skew":
                raise SkewedError(problem.message) from problem
            return Unread(account, region, _sentence(problem))

    def _enter(self, account: str, region: str) -> AwsProblem | None:
        """Take the account's role; gives a refusal, which is the same for all of the account's Regions.

        STS of the home Region is asked first, and that of the Region itself only if nobody answers there: what it gives
        is good everywhere, and an account does not wait for a Region that is down.
        """
        home = self._build.home or region
        try:
            try:
                self._aws.enter(account, home)
            except AwsProblem as problem:
                if problem.failure not in ("timeout", "server") or region == home:
                    raise
                self._aws.enter(account, region)
        except AwsProblem as problem:
            if problem.failure not in _OF_THE_ACCOUNT:
                raise
            return problem
        return None


def _read_all(
    eyes: _Eyes, todo: Sequence[tuple[str, str]], tick: Tick | None
) -> tuple[dict[tuple[str, str], Place], list[Unread]]:
    places: dict[tuple[str, str], Place] = {}
    failed: list[Unread] = []
    for done, (where, outcome) in enumerate(side_by_side(todo, eyes.read, WORKERS), 1):
        if isinstance(outcome, Place):
            places[where] = outcome
        else:
            failed.append(outcome)
        if tick:
            tick(done, len(todo))
    return dict(sorted(places.items())), failed


def _sentence(problem: AwsProblem) -> str:
    told = "assuming the agent's role" if problem.operation == "AssumeRole" else problem.operation
    return f"{problem.code} while {told}: {problem.message}" if problem.message else f"{problem.code} while {told}"


def _global_settings(build: Build, aws: Aws, scope: Scope, unread: list[Unread]) -> dict[str, str] | None:
    management = build.index.organization.management_account
    asked = build.index.global_settings and (not scope.only or management in scope.only)
    if not asked or build.home is None:
        return None
    try:
        answer = aws.call(management, build.home, "backup", "DescribeGlobalSettings")
        return dict(sorted(answer.get("GlobalSettings", {}).items()))
    except AwsProblem as problem:
        unread.append(Unread(management, None, _sentence(problem)))
        return None


def _policies(build: Build, aws: Aws, scope: Scope, unread: list[Unread], overlooked: list[Unread]) -> Policies | None:
    """The organization's backup policies.

    They are asked of the management account or, where that cannot be entered, of the delegated administrator, whom
    Organizations can let do the same. Where the build wants none, they are only looked for.
    """
    organization = build.index.organization
    if build.home is None or (scope.only and organization.management_account not in scope.only):
        return None
    asked = [account for account in (organization.management_account, organization.backup_account) if account]
    wishes = build.policies.wishes if build.policies else ()
    problem: AwsProblem | None = None
    for account in dict.fromkeys(asked):
        try:
            steps = organization_policies.read(account, build.home, organization.id, wishes)
            return take_steps(aws, account, build.home, steps)
        except AwsProblem as refused:
            problem = problem or refused
            if refused.operation != "AssumeRole":
                break
    if problem is not None and problem.code not in _NO_ORGANIZATION:
        told = f"the organization's backup policies could not be read: {_sentence(problem)}"
        (unread if wishes else overlooked).append(Unread(organization.management_account, None, told))
    return None
