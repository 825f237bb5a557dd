"""The eyes: reads every account and Region that matters, many at a time. One that cannot be read stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import Observed, Place, Policies, Unread
from backstay_agent.organization_tree import is_active
from backstay_agent.parts import organization as organization_policies
from backstay_agent.read_place import PlaceReader
from backstay_agent.take_steps import take_steps
from backstay_agent.wanted import Build
from backstay_contract.plan import Scope

_WORKERS = 16
_NO_ORGANIZATION = {"AWSOrganizationsNotInUseException"}
Tick = Callable[[int, int], None]


def observe(build: Build, aws: Aws, scope: Scope, tick: Tick | None = None) -> Observed:
    """Read the accounts that the build names, and all others of the organization, where things of ours may be left.

    Raises UnreachableError when AWS does not answer at all; any other failure becomes an `Unread`.
    """
    aws.caller()
    unread: list[Unread] = []
    accounts = list(scope.only) or _accounts(build, aws, unread)
    regions = sorted({*build.regions, *scope.also_regions})
    todo = [(account, region) for account in accounts for region in regions]
    places, failed = _read_all(build, aws, todo, tick)
    settings = _global_settings(build, aws, scope, unread)
    overlooked: list[Unread] = []
    policies = _policies(build, aws, scope, unread, overlooked)
    every = tuple(sorted({*unread, *failed}, key=lambda it: (it.account, it.region or "")))
    return Observed(aws.now, places, settings, every, policies, tuple(overlooked))


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


def _read_all(
    build: Build, aws: Aws, todo: Iterable[tuple[str, str]], tick: Tick | None
) -> tuple[dict[tuple[str, str], Place], list[Unread]]:
    places: dict[tuple[str, str], Place] = {}
    failed: list[Unread] = []
    with ThreadPoolExecutor(_WORKERS) as pool:
        running = {pool.submit(_read, build, aws, *place): place for place in todo}
        for done, future in enumerate(as_completed(running), 1):
            outcome = future.result()
            if isinstance(outcome, Place):
                places[running[future]] = outcome
            else:
                failed.append(outcome)
            if tick:
                tick(done, len(running))
    return dict(sorted(places.items())), failed


def _read(build: Build, aws: Aws, account: str, region: str) -> Place | Unread:
    try:
        return PlaceReader(aws, build.index.organization.id, build.wanted(account, region)).read()
    except AwsProblem as problem:
        whole = problem.operation == "AssumeRole"
        return Unread(account, None if whole else region, _sentence(problem))


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
