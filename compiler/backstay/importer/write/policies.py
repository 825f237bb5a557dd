"""Policies: what stands in each, what it is called, and what it is attached to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from backstay.importer.found import Kind
from backstay.importer.write.code import Atom, Code, Joined, call, items, noted, text, texts
from backstay.importer.write.desk import Desk
from backstay.importer.write.groups import Group
from backstay.importer.write.names import identifier
from backstay.importer.write.things import Thing

NOWHERE = "the source does not say for which accounts this holds: name a unit or accounts here"
AIMED = "the source attaches this to {}: name those units or accounts here"

ABSENT = "left out, for the organization file does not have it"
LONGEST = 240
"""Characters of a policy's name, with room for a number behind it."""
NO_ACCOUNT = "until it has, and it stands here, this holds in no account"
MEMBERS: Mapping[str, tuple[Kind, ...]] = {
    # keyword of Policy → the kinds of things that it lists
    "plans": ("plan",),
    "vaults": ("vault", "air_gapped_vault"),
    "frameworks": ("framework",),
    "reports": ("report_plan",),
    "restore_tests": ("restore_testing_plan",),
    "legal_holds": ("legal_hold",),
    "tiering": ("tiering",),
}
SETTINGS: tuple[Kind, ...] = ("region_settings", "management_preferences", "global_settings")


@dataclass(frozen=True, slots=True)
class Policies:
    """Writes policies. `account` gives an account's source, `settings` that of several settings together."""

    desk: Desk
    things: Sequence[Thing]
    variables: Mapping[int, str]
    account: Callable[[str], str]
    settings: Callable[[Iterable[Thing]], Code | None]

    def policy(self, group: Group, name: str) -> Code:
        """A policy."""
        members = {
            keyword: [Atom(self.variables[number]) for number in group.things if self.things[number].kind in kinds]
            for keyword, kinds in MEMBERS.items()
        }
        settings = [self.things[number] for number in group.things if self.things[number].kind in SETTINGS]
        code = call(
            "Policy",
            text(name),
            attach=self._attach(group),
            regions=texts(group.regions) if group.regions else None,
            extends=text(group.extends) if group.extends is not None else None,
            **{keyword: items(listed) if listed else None for keyword, listed in members.items()},
            settings=self.settings(settings) if settings else None,
            final=texts(group.final) if group.final else None,
        )
        return noted(code, (group.note,) if group.note else ())

    def _attach(self, group: Group) -> Code:
        """Where a policy holds; where its source names nothing that the organization has, that is in no account."""
        absent = self.desk.absent
        named = [(one, self.account(one)) for one in group.accounts] + [(one, one) for one in group.targets]
        if not named:
            return noted(Atom("root()"), (NOWHERE if group.aim is None else AIMED.format(group.aim),))
        notes = tuple(f"{ABSENT}: {said}" for one, said in named if one in absent)
        atoms = tuple(Atom(said) for one, said in named if one not in absent)
        if not atoms:
            return noted(Joined("&", (Atom("root()"), Atom("~root()"))), (*notes, NO_ACCOUNT))
        return noted(atoms[0] if len(atoms) == 1 else Joined("|", atoms), notes)


def name(group: Group, fallback: str, taken: set[str]) -> str:
    """A policy's name: the source's own, or the target's, or that of the file; each name once."""
    target = _target(group)
    wish = group.policy or target or fallback
    if group.regions and not group.policy and target:
        wish = "-".join((wish, *group.regions[:3]))
    wish = "".join(char if char.isprintable() else "-" for char in wish)[:LONGEST]
    found, number = wish, 2
    while found in taken:
        found, number = f"{wish}-{number}", number + 1
    taken.add(found)
    return found


def _target(group: Group) -> str:
    """The one account or target that a policy is for, as a name; empty if there are several, or all."""
    if len(group.accounts) + len(group.targets) != 1 or group.targets == ("root()",):
        return ""
    if group.accounts:
        return f"account-{group.accounts[0]}"
    return identifier(group.targets[0].removeprefix("ou").removeprefix("account")).strip("_").replace("_", "-")
