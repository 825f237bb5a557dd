"""The order of an apply: what gives protection before what takes it away, and nothing before what it needs.

Two things come out: the sequence of the actions, and for each the actions without which it must not be done (so that a
failure, or a lock that nobody approved, holds back exactly what rests on it). No beginning of the sequence leaves
anything less protected than before or after, except by an action that says of itself that it is destructive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal, assert_never

from backstay_agent.parts import BY_WORD, NOUNS
from backstay_aws import arns
from backstay_contract.plan import (
    Action,
    CreatePart,
    CreatePlan,
    CreateSelection,
    CreateVault,
    DeletePart,
    DeletePlan,
    DeleteSelection,
    DeleteVault,
    DeleteVaultLock,
    DeleteVaultNotifications,
    DeleteVaultPolicy,
    PartNoun,
    PutVaultLock,
    PutVaultNotifications,
    PutVaultPolicy,
    TagResource,
    UpdateGlobalSettings,
    UpdatePart,
    UpdatePlan,
    UpdateRegionSettings,
)

Phase = Literal["vaults", "plans", "selections", "removals"]
PHASES: tuple[Phase, ...] = ("vaults", "plans", "selections", "removals")
_Key = tuple[str, str, str]


def arrange(actions: Iterable[Action]) -> tuple[Action, ...]:
    """The actions in their order, each with the ids of those that it rests on."""
    ordered = sorted(actions, key=_position)
    needs = _Needs(ordered)
    return tuple(action.model_copy(update={"after_actions": needs.of(action)}) for action in ordered)


def phase(action: Action) -> Phase:
    """The part of an apply that an action belongs to; a part begins, everywhere, when the one before has ended."""
    if action.effect == "destructive":
        return "removals"
    match action:
        case CreateVault() | TagResource() | UpdateGlobalSettings() | UpdateRegionSettings():
            return "vaults"
        case PutVaultLock() | PutVaultPolicy() | PutVaultNotifications():
            return "vaults"
        case CreatePlan() | UpdatePlan():
            return "plans"
        case CreateSelection():
            return "selections"
        case CreatePart() | UpdatePart():
            return BY_WORD[action.noun].phase
        case DeletePart():
            return "removals"
        case DeleteSelection() | DeletePlan() | DeleteVault():
            return "removals"
        case DeleteVaultLock() | DeleteVaultPolicy() | DeleteVaultNotifications():
            return "removals"
        case _:
            assert_never(action)


_RANKS: tuple[str, ...] = (
    "update-global-settings",
    "create-vault",
    "tag-resource",
    "put-vault-policy",
    "put-vault-notifications",
    "put-vault-lock",
    "update-region-settings",
    "create-plan",
    "update-plan",
    "create-selection",
    "delete-selection",
    "delete-plan",
    "delete-vault-notifications",
    "delete-vault-policy",
    "delete-vault-lock",
    "delete-vault",
)


_PARTS: tuple[PartNoun, ...] = tuple(noun.word for noun in NOUNS)


def _rank(action: Action) -> tuple[int, int]:
    """Parts come first where vaults rest on them, later what is no backup itself comes last; removals go backwards."""
    match action:
        case CreatePart() | UpdatePart():
            return -1 if phase(action) == "vaults" else len(_RANKS), _PARTS.index(action.noun)
        case DeletePart():
            return len(_RANKS), -_PARTS.index(action.noun)
        case _:
            return _RANKS.index(action.kind), 0


def _position(action: Action) -> tuple[int, tuple[int, int], str, str, str, str]:
    return PHASES.index(phase(action)), _rank(action), action.account, action.region, action.name, action.id


class _Needs:
    """Which actions another one rests on."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self.vaults: dict[_Key, str] = {}
        self.plans: dict[_Key, str] = {}
        self.locks: Mapping[tuple[str, str], list[str]] = defaultdict(list)
        self.given: Mapping[tuple[str, str], list[str]] = defaultdict(list)
        self.selections: Mapping[str, list[str]] = defaultdict(list)
        self.users: Mapping[_Key, list[str]] = defaultdict(list)
        self.parts = _Parts()
        for action in actions:
            self._note(action)

    def _note(self, action: Action) -> None:
        place = (action.account, action.region)
        waits = action.effect == "irreversible"  # for an approval: that holds nothing back that does not rest on it
        if phase(action) != "removals" and not isinstance(action, PutVaultLock | UpdateGlobalSettings) and not waits:
            self.given[place].append(action.id)
        match action:
            case CreateVault():
                self.vaults[*place, action.name] = action.id
            case CreatePlan():
                self.plans[*place, action.name] = action.id
            case PutVaultLock() if phase(action) != "removals":
                self.locks[place].append(action.id)
            case DeleteSelection():
                self.selections[action.plan_id].append(action.id)
            case UpdatePlan():
                self._note_users(action)
            case CreatePart() | UpdatePart() | DeletePart():
                self.parts.note(action)

    def _note_users(self, action: UpdatePlan) -> None:
        for rule in action.before["Rules"]:
            own = (action.account, action.region, rule["TargetBackupVaultName"])
            copied = (_vault_at(copy["DestinationBackupVaultArn"]) for copy in rule.get("CopyActions", ()))
            for vault in (own, *copied):
                if vault is not None:
                    self.users[vault].append(action.id)

    def of(self, action: Action) -> tuple[str, ...]:
        """The ids of the actions that must have been done before, sorted."""
        place = (action.account, action.region)
        needs = set(self.given[place]) if phase(action) == "removals" else set()
        match action:
            case PutVaultLock() | PutVaultPolicy() | PutVaultNotifications():
                needs |= _found(self.vaults, [(*place, action.name)])
            case CreatePlan() | UpdatePlan():
                targets = [(*place, str(rule["TargetBackupVaultName"])) for rule in action.after["Rules"]]
                needs |= _found(self.vaults, targets) | self.parts.of_plan(action)
            case CreateVault():
                needs |= self.parts.makers([action.key or ""])
            case CreatePart() | UpdatePart() | DeletePart():
                needs |= self.parts.of(action)
                needs |= set(self.users[*place, action.name]) if action.kind == "delete-part" else set()
            case CreateSelection():
                needs |= _found(self.plans, [(*place, action.plan)]) | self.parts.makers([action.after["IamRoleArn"]])
            case DeletePlan():
                needs |= set(self.selections[action.plan_id])
            case DeleteVaultLock():
                needs |= set(self.locks[place])
            case DeleteVault():
                needs |= set(self.locks[place]) | set(self.users[*place, action.name])
        return tuple(sorted(needs - {action.id}))


class _Parts:
    """Which actions on parts others rest on."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str, PartNoun, str], str] = {}
        self._made: dict[str, str] = {}
        self._users: Mapping[tuple[str, PartNoun, str], list[str]] = defaultdict(list)

    def note(self, action: CreatePart | UpdatePart | DeletePart) -> None:
        """Remember an action for those that rest on it."""
        noun = BY_WORD[action.noun]
        if isinstance(action, DeletePart):
            for word, name in noun.rests_on(action.before):
                self._users[action.account, word, name].append(action.id)
        elif phase(action) != "removals":
            self._given[action.account, action.region, action.noun, action.name] = action.id
            arn = noun.made(action.account, action.region, action.after)
            if isinstance(action, CreatePart) and arn is not None:
                self._made[arn] = action.id

    def makers(self, references: Iterable[str]) -> set[str]:
        """The actions that make the roles and keys of these ARNs."""
        return {self._made[arn] for arn in references if arn in self._made}

    def of(self, action: CreatePart | UpdatePart | DeletePart) -> set[str]:
        """What an action on a part rests on."""
        noun = BY_WORD[action.noun]
        if isinstance(action, DeletePart):
            return set(self._users[action.account, action.noun, action.name])
        needs = self.makers([*noun.roles(action.after), *noun.keys(action.after)])
        for word, name in noun.rests_on(action.after):
            key = (action.account, action.region, word, name)
            needs |= {self._given[key]} if key in self._given else set()
        return needs

    def of_plan(self, action: CreatePlan | UpdatePlan) -> set[str]:
        """The air-gapped vaults that the rules of a plan name as their targets."""
        named = (rule.get("TargetLogicallyAirGappedBackupVaultArn", "") for rule in action.after["Rules"])
        vaults = (vault for arn in named if (vault := _vault_at(arn)) is not None)
        keys = [(account, region, _AIR_GAPPED, name) for account, region, name in vaults]
        return {self._given[key] for key in keys if key in self._given}


_AIR_GAPPED: PartNoun = "air-gapped-vault"


def _found(ids: Mapping[_Key, str], wanted: Iterable[_Key]) -> set[str]:
    return {ids[key] for key in wanted if key in ids}


def _vault_at(arn: str) -> _Key | None:
    parsed = arns.parse(arn)
    if parsed is None or not parsed.resource.startswith("backup-vault:"):
        return None
    return parsed.account, parsed.region, parsed.resource.removeprefix("backup-vault:")
