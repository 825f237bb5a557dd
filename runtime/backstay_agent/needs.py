"""What one action rests on: actions that must have been done before it, in its own account and in others. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from backstay_agent.parts_needs import PartsNeeds
from backstay_aws import arns
from backstay_contract.plan import (
    Action,
    CreatePart,
    CreatePlan,
    CreateSelection,
    CreateVault,
    DeletePart,
    DeletePlan,
    DeletePoints,
    DeleteSelection,
    DeleteVault,
    DeleteVaultLock,
    DeleteVaultNotifications,
    DeleteVaultPolicy,
    PartNoun,
    PutVaultLock,
    PutVaultNotifications,
    PutVaultPolicy,
    UpdateGlobalSettings,
    UpdatePart,
    UpdatePlan,
)

VaultKey = tuple[str, str, str]
"""Account, Region and name of a vault."""
_Place = tuple[str, str]
_FOR_EVER = float("inf")
AIR_GAPPED: PartNoun = "air-gapped-vault"
"""The kind of parts that plans write into as into vaults."""


def written(account: str, region: str, body: Mapping[str, Any]) -> Iterator[tuple[VaultKey, float]]:
    """The vaults that a plan's body writes into, by its rules and their copies, each with the days kept there."""
    for rule in body["Rules"]:
        yield (account, region, str(rule["TargetBackupVaultName"])), _kept(rule)
        gapped = vault_at(rule.get("TargetLogicallyAirGappedBackupVaultArn", ""))
        if gapped is not None:
            yield gapped, _kept(rule)
        for copy in rule.get("CopyActions", ()):
            vault = vault_at(copy["DestinationBackupVaultArn"])
            if vault is not None:
                yield vault, _kept(copy)


def copied(body: Mapping[str, Any]) -> set[VaultKey]:
    """The vaults that a plan's body copies into."""
    found = (
        vault_at(copy["DestinationBackupVaultArn"]) for rule in body["Rules"] for copy in rule.get("CopyActions", ())
    )
    return {vault for vault in found if vault is not None}


def vault_at(arn: str) -> VaultKey | None:
    """The vault that an ARN names; None when it names something else."""
    parsed = arns.parse(arn)
    if parsed is None or not parsed.resource.startswith("backup-vault:"):
        return None
    return parsed.account, parsed.region, parsed.resource.removeprefix("backup-vault:")


def _kept(body: Mapping[str, Any]) -> float:
    return float(body.get("Lifecycle", {}).get("DeleteAfterDays", _FOR_EVER))


class Needs:
    """Knows the actions of a plan by what they are about. `removals`: ids of those that take something away."""

    def __init__(self, actions: Iterable[Action], removals: Collection[str], locked: Collection[VaultKey] = ()) -> None:
        self._removals = removals
        self._locked = frozenset(locked)
        self._vaults: dict[VaultKey, str] = {}
        self._policies: dict[VaultKey, str] = {}
        self._locks: dict[VaultKey, PutVaultLock] = {}
        self._plans: dict[VaultKey, str] = {}
        self._updates: dict[str, str] = {}
        self._settings: list[str] = []
        self._locks_in: Mapping[_Place, list[str]] = defaultdict(list)
        self._given: Mapping[_Place, list[str]] = defaultdict(list)
        self._selections: Mapping[str, list[str]] = defaultdict(list)
        self._gone_plans: Mapping[_Place, list[str]] = defaultdict(list)
        self._gone_writers: Mapping[VaultKey, list[str]] = defaultdict(list)
        self._parts: Mapping[VaultKey, list[str]] = defaultdict(list)
        self._points: dict[VaultKey, str] = {}
        self._leaving: Mapping[VaultKey, list[str]] = defaultdict(list)
        self._leaving_account: list[str] = []
        self._parts_of_all = PartsNeeds()
        self._writers: Mapping[VaultKey, list[str]] = defaultdict(list)
        self._wrote: Mapping[VaultKey, list[tuple[str, float]]] = defaultdict(list)
        for action in actions:
            self._note(action)

    def _note(self, action: Action) -> None:
        place, gives = (action.account, action.region), action.id not in self._removals
        key = (*place, action.name)
        waits = action.effect == "irreversible"  # for an approval: that holds nothing back that does not rest on it
        if gives and not waits and not isinstance(action, PutVaultLock | UpdateGlobalSettings):
            self._given[place].append(action.id)
        match action:
            case CreateVault():
                self._vaults[key] = action.id
            case PutVaultPolicy() if gives:
                self._policies[key] = action.id
            case PutVaultLock() if gives:
                self._locks[key] = action
                self._locks_in[place].append(action.id)
            case CreatePlan():
                self._plans[key] = action.id
                self._note_writer(action)
            case UpdatePlan():
                self._updates[action.plan_id] = action.id
                self._note_writer(action)
                self._note_before(action)
            case UpdateGlobalSettings() if gives:
                self._settings.append(action.id)
            case CreatePart() | UpdatePart() | DeletePart():
                self._note_part(action, gives=gives)
            case _:
                self._note_removal(action)

    def _note_part(self, action: CreatePart | UpdatePart | DeletePart, *, gives: bool) -> None:
        """An air-gapped vault is a vault to the plans that write into it."""
        self._parts_of_all.note(action, gives=gives)
        if gives and action.noun == AIR_GAPPED:
            key = (action.account, action.region, action.name)
            (self._vaults if isinstance(action, CreatePart) else self._policies)[key] = action.id

    def _note_removal(self, action: Action) -> None:
        place, key = (action.account, action.region), (action.account, action.region, action.name)
        match action:
            case DeleteSelection():
                self._selections[action.plan_id].append(action.id)
                self._gone_plans[place].append(action.id)
            case DeletePlan():
                self._gone_plans[place].append(action.id)
                for vault, _ in written(*place, action.before or {"Rules": ()}):
                    self._gone_writers[vault].append(action.id)
            case DeletePoints():
                self._points[key] = action.id
            case DeleteVaultLock() | DeleteVaultPolicy() | DeleteVaultNotifications():
                self._parts[key].append(action.id)

    def _note_writer(self, action: CreatePlan | UpdatePlan) -> None:
        for vault, _ in written(action.account, action.region, action.after):
            self._writers[vault].append(action.id)

    def _note_before(self, action: UpdatePlan) -> None:
        after = {vault for vault, _ in written(action.account, action.region, action.after)}
        for vault, days in written(action.account, action.region, action.before):
            self._wrote[vault].append((action.id, days))
            if vault not in after:
                self._leaving[vault].append(action.id)
        if _leaves_account(action):
            self._leaving_account.append(action.id)

    def of(self, action: Action) -> tuple[str, ...]:
        """The ids of the actions that must have been done before, sorted."""
        place = (action.account, action.region)
        needs = set(self._given[place]) if action.id in self._removals else set()
        needs |= self._of_removal(action) if action.id in self._removals else self._of_gift(action)
        return tuple(sorted(needs - {action.id}))

    def _of_gift(self, action: Action) -> set[str]:
        place = (action.account, action.region)
        match action:
            case CreateVault():
                return self._parts_of_all.makers([action.key or ""])
            case CreatePart() | UpdatePart() | DeletePart():
                return self._parts_of_all.of(action)
            case PutVaultPolicy() | PutVaultNotifications():
                return _found(self._vaults, [(*place, action.name)])
            case PutVaultLock():
                return _found(self._vaults, [(*place, action.name)]) | self._adapted(action)
            case CreatePlan() | UpdatePlan():
                return self._of_plan(action)
            case CreateSelection():
                makers = self._parts_of_all.makers([action.after["IamRoleArn"]])
                return _found(self._plans, [(*place, action.plan)]) | makers
            case _:
                return set()

    def _of_plan(self, action: CreatePlan | UpdatePlan) -> set[str]:
        """The vaults that it writes into; of those it copies into also the policy, and what lets copies leave."""
        into = {vault for vault, _ in written(action.account, action.region, action.after)}
        far = copied(action.after)
        needs = _found(self._vaults, into) | _found(self._policies, far)
        if any(account != action.account for account, _, _ in far):
            needs |= set(self._settings)
        return needs | (self._moved_into(action) if isinstance(action, UpdatePlan) else set())

    def _moved_into(self, action: UpdatePlan) -> set[str]:
        """Locks of vaults new to it, where a rule that goes into a locked vault changes and may move into one of them.

        Only of vaults that no plan writes into so far. (Where one does, the lock may have to wait for that plan; the
        planner calls such a move a loss.)
        """
        place, kept = (action.account, action.region), action.after["Rules"]
        changed = {(*place, str(rule["TargetBackupVaultName"])) for rule in action.before["Rules"] if rule not in kept}
        if not changed & (self._locked | self._locks.keys()):
            return set()
        into = {(*place, str(rule["TargetBackupVaultName"])) for rule in kept}
        return {self._locks[vault].id for vault in into if vault in self._locks and not self._wrote.get(vault)}

    def _adapted(self, lock: PutVaultLock) -> set[str]:
        """Updates of plans whose jobs the lock would make fail as they are now, because they keep outside its band."""
        wrote = self._wrote[lock.account, lock.region, lock.name]
        return {update for update, days in wrote if not _within(days, lock.after)}

    def _of_removal(self, action: Action) -> set[str]:
        place, key = (action.account, action.region), (action.account, action.region, action.name)
        match action:
            case CreatePlan() | UpdatePlan():
                return self._of_plan(action)
            case DeletePlan():
                return set(self._selections[action.plan_id])
            case DeleteVaultLock():
                return set(self._locks_in[place])
            case PutVaultPolicy() | DeleteVaultPolicy():
                return set(self._leaving[key])
            case UpdateGlobalSettings():
                return set(self._leaving_account)
            case DeletePoints():
                return {*self._gone_plans[place], *self._parts[key]}
            case DeleteVault():
                around = {*self._locks_in[place], *self._gone_plans[place], *self._parts[key], *self._leaving[key]}
                return around | _found(self._points, [key])
            case CreatePart() | UpdatePart():
                return self._parts_of_all.of(action)
            case DeletePart():
                around = {*self._gone_plans[place], *self._leaving[key]} if action.noun == AIR_GAPPED else set()
                return around | self._parts_of_all.of(action)
            case _:
                return set()

    def goes_after(self, action: Action) -> set[str]:
        """The ids of the actions that go first if they can."""
        key = (action.account, action.region, action.name)
        match action:
            case PutVaultLock():
                return set(self._writers[key])
            case CreateSelection():
                update = self._updates.get(action.plan_id or "")
                return {update} if update else set()
            case DeleteVault() | DeletePoints() | DeleteVaultLock() | DeleteVaultPolicy():
                return set(self._gone_writers[key])
            case DeletePart() if action.noun == AIR_GAPPED:
                return set(self._gone_writers[key])
            case _:
                return set()


def _found(ids: Mapping[VaultKey, str], wanted: Iterable[VaultKey]) -> set[str]:
    return {ids[key] for key in wanted if key in ids}


def _within(days: float, band: Mapping[str, Any]) -> bool:
    return float(band.get("MinRetentionDays") or 0) <= days <= float(band.get("MaxRetentionDays") or _FOR_EVER)


def _leaves_account(update: UpdatePlan) -> bool:
    gone = copied(update.before) - copied(update.after)
    return any(account != update.account for account, _, _ in gone)
