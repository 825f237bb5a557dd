"""Gathers the dump: every account and Region, many at a time. One that cannot be read stops no other, and is named."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.dump.region import body_of, read_region
from backstay_agent.reach import Reach
from backstay_contract.dump import Body, Dump, DumpedRegion

_WORKERS = 16
Tick = Callable[[int, int], None]
Outcome = tuple[DumpedRegion | None, tuple[str, ...]]


def gather(aws: Aws, reach: Reach, tick: Tick | None = None) -> Dump:
    """Everything of AWS Backup in the places, as AWS answers. Reads only; failures stand in `failed`, by account."""
    accounts: dict[str, dict[str, DumpedRegion]] = {}
    failed: dict[str, list[str]] = {}
    with ThreadPoolExecutor(_WORKERS) as pool:
        outcomes = pool.map(lambda place: _read(aws, *place), reach.places)
        for done, ((account, region), (found, unread)) in enumerate(zip(reach.places, outcomes, strict=True), 1):
            if found is not None:
                accounts.setdefault(account, {})[region] = found
            failed.setdefault(account, []).extend(unread)
            if tick:
                tick(done, len(reach.places))
    settings = _global_settings(aws, reach, failed)
    said = {account: "; ".join(dict.fromkeys(sentences)) for account, sentences in sorted(failed.items()) if sentences}
    return Dump(organization=reach.organization, global_settings=settings, accounts=accounts, failed=said)


def _read(aws: Aws, account: str, region: str) -> Outcome:
    try:
        found, unread = read_region(aws, account, region)
    except AwsProblem as problem:
        return None, (f"{problem.code} while assuming the agent's role: {problem.message}",)
    return found, tuple(f"{region}: {sentence}" for sentence in unread)


def _global_settings(aws: Aws, reach: Reach, failed: dict[str, list[str]]) -> Body | None:
    """The settings of the organization, where its management account is among what is read."""
    management = reach.organization.management_account
    region = next((region for account, region in reach.places if account == management), None)
    if region is None:
        return None
    try:
        answer = aws.call(management, region, "backup", "DescribeGlobalSettings")
    except AwsProblem as problem:
        failed.setdefault(management, []).append(f"global settings: {problem.code} from {problem.operation}")
        return None
    settings: Body = body_of(answer).get("GlobalSettings", {})
    return settings
