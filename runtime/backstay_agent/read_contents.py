"""Reads what the vaults of ours hold, before something is torn down: points, holds, policies, notifications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from typing import Any

from backstay_agent import normal
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.needs import AIR_GAPPED, VaultKey
from backstay_agent.observed import Contents, Observed, Place, Unread, is_ours
from backstay_agent.parts.air_gapped_vault import TYPE

_WORKERS = 16
_NOT_THERE = {"ResourceNotFoundException"}
_HOLDING = {"CREATING", "ACTIVE", "CANCELING"}
Tick = Callable[[int, int], None]


def read_contents(observed: Observed, aws: Aws, organization: str, tick: Tick | None = None) -> Observed:
    """What was observed, with the contents of every vault of ours; a place that cannot be read becomes an `Unread`."""
    contents: dict[VaultKey, Contents] = {}
    failed: list[Unread] = []
    ours = {key: _ours(place, organization) for key, place in observed.places.items()}
    with ThreadPoolExecutor(_WORKERS) as pool:
        running = {pool.submit(_Reader(aws, *key).read, names): key for key, names in ours.items() if names}
        for done, future in enumerate(as_completed(running), 1):
            account, region = running[future]
            try:
                found = future.result()
            except AwsProblem as problem:
                failed.append(Unread(account, region, f"what its vaults hold: {problem}"))
            else:
                contents |= {(account, region, name): held for name, held in found.items()}
            if tick:
                tick(done, len(running))
    unread = sorted({*observed.unread, *failed}, key=lambda it: (it.account, it.region or ""))
    return replace(observed, unread=tuple(unread), contents=dict(sorted(contents.items())))


def _ours(place: Place, organization: str) -> list[str]:
    gapped = (part for part in place.parts if part.noun == AIR_GAPPED and is_ours(part.tags, organization))
    standard = (name for name, vault in place.vaults.items() if is_ours(vault.tags, organization))
    return sorted([*standard, *(part.name for part in gapped)])


class _Reader:
    """Reads in one place."""

    def __init__(self, aws: Aws, account: str, region: str) -> None:
        self._aws = aws
        self._place = account, region

    def read(self, names: list[str]) -> dict[str, Contents]:
        """The contents of vaults by name; raises AwsProblem. Holds are looked up only where there are points."""
        points = {name: self._points(name) for name in names}
        held = self._held() if any(points.values()) else frozenset()
        return {name: self._contents(name, points[name], held) for name in names}

    def _contents(self, name: str, points: list[dict[str, Any]], held: frozenset[str]) -> Contents:
        described = self._optional("DescribeBackupVault", BackupVaultName=name) or {}
        policy = self._optional("GetBackupVaultAccessPolicy", BackupVaultName=name)
        events = self._optional("GetBackupVaultNotifications", BackupVaultName=name)
        ends = [point.get("CalculatedLifecycle", {}).get("DeleteAt") for point in points]
        return Contents(
            tuple(point["RecoveryPointArn"] for point in sorted(points, key=_nested_first)),
            sum(point.get("BackupSizeInBytes") or 0 for point in points),
            max((end for end in ends if end is not None), default=None),
            sum(end is None for end in ends),
            sum(point["RecoveryPointArn"] in held for point in points),
            normal.policy(policy["Policy"]) if policy and policy.get("Policy") else None,
            normal.notifications(events) if events and events.get("SNSTopicArn") else None,
            described.get("VaultType") == TYPE,
        )

    def _points(self, name: str) -> list[dict[str, Any]]:
        place = *self._place, "backup", "ListRecoveryPointsByBackupVault", "RecoveryPoints"
        return list(self._aws.pages(*place, BackupVaultName=name))

    def _held(self) -> frozenset[str]:
        """The points under a legal hold; where holds may not be read, none are known, and AWS refuses by itself."""
        try:
            holds = list(self._aws.pages(*self._place, "backup", "ListLegalHolds", "LegalHolds"))
            active = [hold["LegalHoldId"] for hold in holds if hold.get("Status") in _HOLDING]
            listing = *self._place, "backup", "ListRecoveryPointsByLegalHold", "RecoveryPoints"
            return frozenset(
                point["RecoveryPointArn"] for hold in active for point in self._aws.pages(*listing, LegalHoldId=hold)
            )
        except AwsProblem as problem:
            if "AccessDenied" not in problem.code:
                raise
            return frozenset()

    def _optional(self, operation: str, **members: Any) -> Mapping[str, Any] | None:
        try:
            return self._aws.call(*self._place, "backup", operation, **members)
        except AwsProblem as problem:
            if problem.code in _NOT_THERE:
                return None
            raise


def _nested_first(point: Mapping[str, Any]) -> tuple[bool, str]:
    return "ParentRecoveryPointArn" not in point, point["RecoveryPointArn"]
