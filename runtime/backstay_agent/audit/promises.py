"""What the build promises of a place, beside what AWS has there: the rows that two controls judge. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backstay_agent.audit.read_plans import ReadPlan
from backstay_agent.controls.facts import LockPromise, PlanPromise
from backstay_agent.planner import words
from backstay_agent.wanted import Build, WantedPlan
from backstay_aws import arns


def lock_promises(build: Build, account: str, region: str) -> tuple[LockPromise, ...]:
    """The locks that the build gives to the vaults of a place."""
    promises = []
    for name, vault in sorted(build.wanted(account, region).vaults.items()):
        if vault.lock is not None:
            arn = arns.vault(arns.partition_of(region), region, account, name)
            least, most = vault.lock.get("MinRetentionDays"), vault.lock.get("MaxRetentionDays")
            grace = vault.lock.get("ChangeableForDays")
            origin = _origin(build, account, region, "vault_locks", ("BackupVaultName",), name)
            promises.append(LockPromise(name, arn, least, most, grace, origin))
    return tuple(promises)


def plan_promises(build: Build, account: str, region: str, actual: Iterable[ReadPlan]) -> tuple[PlanPromise, ...]:
    """The plans of the build in a place, each with how AWS's plan of that name differs."""
    there = {plan.row.name: plan for plan in actual}
    return tuple(
        PlanPromise(
            name,
            tuple(_differences(wanted, there.get(name))),
            _origin(build, account, region, "plans", ("BackupPlan", "BackupPlanName"), name),
        )
        for name, wanted in sorted(build.wanted(account, region).plans.items())
    )


def _differences(wanted: WantedPlan, actual: ReadPlan | None) -> Iterator[str]:
    if actual is None:
        yield "it does not exist"
        return
    yield from words.plan_changes(wanted.body, actual.body)
    old = {str(body["SelectionName"]): body for body in wanted.selections}
    new = {str(body["SelectionName"]): body for body in actual.selections}
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield f"selection {name} does not exist"
        elif name not in old:
            yield f"selection {name} is not in the policy"
        else:
            yield from (f"selection {name}: {change}" for change in words.selection_changes(old[name], new[name]))


def _origin(build: Build, account: str, region: str, noun: str, path: tuple[str, ...], name: str) -> str | None:
    """`file:line` of the thing of that name in a shape, or of the first part of it that has a place."""
    digest = build.index.accounts[account].regions[region]
    pointers: Mapping[str, int] = (build.provenance or {}).get("shapes", {}).get(digest, {})
    items = build.document(digest)[noun]
    position = next((number for number, item in enumerate(items) if _named(item, path) == name), None)
    pointer = f"/{noun}/{position}"
    keys = sorted(key for key in pointers if key == pointer or key.startswith(f"{pointer}/"))
    if not keys or build.provenance is None:
        return None
    origin = build.provenance["origins"][pointers[keys[0]]]
    return f"{origin['path']}:{origin['line']}"


def _named(item: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        item = item[step]
    return item
