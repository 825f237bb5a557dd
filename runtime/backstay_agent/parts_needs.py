"""What actions on parts rest on, and what rests on them: the part of `needs` that knows kinds. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from backstay_agent.parts import BY_WORD
from backstay_contract.plan import CreatePart, DeletePart, PartNoun, UpdatePart

PartAction = CreatePart | UpdatePart | DeletePart


class PartsNeeds:
    """Knows the actions on parts by what they are about."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str, PartNoun, str], str] = {}
        self._made: dict[str, str] = {}
        self._users: Mapping[tuple[str, PartNoun, str], list[str]] = defaultdict(list)

    def note(self, action: PartAction, *, gives: bool) -> None:
        """Remember an action for those that rest on it; `gives`: it takes nothing away."""
        noun = BY_WORD[action.noun]
        if isinstance(action, DeletePart):
            for word, name in noun.rests_on(action.before):
                self._users[action.account, word, name].append(action.id)
        elif gives:
            self._given[action.account, action.region, action.noun, action.name] = action.id
            arn = noun.made(action.account, action.region, action.after)
            if isinstance(action, CreatePart) and arn is not None:
                self._made[arn] = action.id

    def makers(self, references: Iterable[str]) -> set[str]:
        """The actions that make the roles and keys of these ARNs."""
        return {self._made[arn] for arn in references if arn in self._made}

    def of(self, action: PartAction) -> set[str]:
        """What an action on a part rests on."""
        noun = BY_WORD[action.noun]
        if isinstance(action, DeletePart):
            return set(self._users[action.account, action.noun, action.name])
        needs = self.makers([*noun.roles(action.after), *noun.keys(action.after)])
        for word, name in noun.rests_on(action.after):
            key = (action.account, action.region, word, name)
            needs |= {self._given[key]} if key in self._given else set()
        return needs
