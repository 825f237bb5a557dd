"""A tree of backup policies: what each level adds or changes becomes a policy at that level.

At every node the effective policy is worked out as Organizations does it; what differs from the node above is written,
with `extends=` where it changes an inherited plan. A plan from which something is taken away below, or which has other
Regions below, is written for each account by itself, since inheritance does neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from backstay.importer.found import Found, Reading, Scope
from backstay.importer.organizations.attached import Node, Policy, Tree, read_attached
from backstay.importer.organizations.bodies import Bodies
from backstay.importer.organizations.changes import changed_plan
from backstay.importer.organizations.complaints import AS_WRITTEN, Complaints
from backstay.importer.organizations.document import ATTACHMENTS, Document, Settler
from backstay.importer.organizations.locks import final, left, spelled
from backstay.importer.organizations.placeholders import Placeholders
from backstay_aws.effective import Attached, Invalid, Level, Refused, evaluate

__all__ = ["ATTACHMENTS", "read_tree"]

APPENDED = "the source adds to inherited lists here; what stands here is the whole of them"
ALONE = (
    "below it loses something or has other Regions, which inheritance cannot say: written for each account by itself"
)
Plans = Mapping[str, tuple[Found, ...]]


def read_tree(folder: Path, organization: Path | None = None) -> Reading:
    """All policies of a folder where they are attached. Without an organization file one is looked for."""
    tree = read_attached(folder, organization)
    if any(one.severity == "error" for one in tree.findings):
        return Reading(findings=tuple(tree.findings))
    complaints = Complaints(tree, list(tree.findings))
    found = tuple(_Work(tree, complaints).found())
    return Reading(found, tuple(dict.fromkeys(complaints.findings)))


@dataclass
class _Work:
    """Works out node by node; `names` are those of the policies written so far, by plan and node."""

    tree: Tree
    complaints: Complaints
    effective: dict[Node, Plans] = field(default_factory=dict)
    names: dict[tuple[str, Node], str] = field(default_factory=dict)
    taken: dict[str, tuple[str, Node, str]] = field(default_factory=dict)

    def found(self) -> Iterator[Found]:
        nodes = self.tree.nodes()
        self.complaints.refused()
        for node in nodes:
            self.effective[node] = self._effective(node)
        alone = {plan for node in nodes for plan in self._shrunk(node)}
        for node in nodes:
            for name, own in self.effective[node].items():
                if name not in alone:
                    yield from self._plan(node, name, own)
        yield from self._alone(alone)

    def _effective(self, node: Node) -> Plans:
        """The plans of a node's effective policy as bodies."""
        levels = [self._level(one) for one in self.tree.above(node)]
        answer = evaluate(levels, settings=AS_WRITTEN, stored=True)
        if isinstance(answer, Refused):
            self.complaints.unreadable(answer)
            return {}
        self.complaints.counted(answer.trace, levels)
        if isinstance(answer, Invalid) and self._ends(node):
            self.complaints.withheld(node, answer.errors)
        document = answer.document.get("plans") or {}
        return {name: self._bodies(node, name, plan) for name, plan in document.items() if name}

    def _ends(self, node: Node) -> bool:
        """Whether an account gets just what a node gets."""
        return any(self.tree.above(account)[-1:] == [node] for account in self.tree.accounts)

    def _level(self, node: Node) -> Level:
        policies = tuple(Attached(one.name, text=one.text) for one in self.tree.attached[node])
        return Level(node.kind, str(node), policies)

    def _bodies(self, node: Node, name: str, plan: Mapping[str, Any]) -> tuple[Found, ...]:
        bodies = Bodies(self.tree.speaker(node, name).document)
        regions = ",".join(sorted(plan.get("regions") or ())) or None
        found = tuple(bodies.plan(name, plan, Scope(region=regions)))
        self.complaints.findings += bodies.findings
        return found

    def _parent(self, node: Node) -> Node | None:
        above = self.tree.above(node)
        return above[-2] if len(above) > 1 else None

    def _shrunk(self, node: Node) -> Iterator[str]:
        """The plans from which a node takes something away, or which it has in other Regions."""
        parent = self._parent(node)
        for name, inherited in self.effective[parent].items() if parent is not None else ():
            own = self.effective[node].get(name)
            if own is None or changed_plan(inherited, own) is None or _regions(inherited) != _regions(own):
                yield name

    def _plan(self, node: Node, name: str, own: Sequence[Found]) -> Iterator[Found]:
        """What a node says of a plan, as a policy at that node."""
        parent = self._parent(node)
        inherited = self.effective[parent].get(name) if parent is not None else None
        speaker = self.tree.speaker(node, name)
        locked, notes = self._locks(node, own[0], partly=inherited is not None)
        scope = Scope(None, own[0].where.region, node.target, final=locked)
        if inherited is None:
            yield from self._placed(_noted(own, notes), scope, node, name, speaker)
            return
        if _plain(inherited) == _plain(own) and not locked and not notes:
            return
        changed = changed_plan(inherited, own) or own
        extends = self._extended(node, name)
        note = APPENDED if self._appends(node, name) else None
        scope = replace(scope, region=None, extends=extends, note=note)
        yield from self._placed(_noted(changed, notes), scope, node, name, speaker)

    def _placed(self, found: Iterable[Found], scope: Scope, node: Node, plan: str, speaker: Policy) -> Iterator[Found]:
        policy = self._name(speaker.name, node, f"{scope.region}|{scope.extends}")
        self.names[plan, node] = policy
        yield from (replace(one, where=replace(scope, policy=policy)) for one in found)

    def _name(self, wish: str, node: Node, rest: str) -> str:
        """A policy's name, each for one node (and Regions): `extends=` has to find it."""
        key = wish, node, rest
        known = next((name for name, other in self.taken.items() if other == key), None)
        if known is not None:
            return known
        found = wish if wish not in self.taken else f"{wish}-{str(node).replace('/', '-').replace(' ', '-').lower()}"
        number, base = 2, found
        while found in self.taken:
            found, number = f"{base}-{number}", number + 1
        self.taken[found] = key
        return found

    def _extended(self, node: Node, plan: str) -> str | None:
        """The policy above that last wrote the plan."""
        above = self.tree.above(node)[:-1]
        return next((self.names[plan, one] for one in reversed(above) if (plan, one) in self.names), None)

    def _locks(self, node: Node, plan: Found, *, partly: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the policies of this node itself freeze of a plan, and what is said of their other controls."""
        rules = [str(rule["RuleName"]) for rule in plan.body["BackupPlan"].get("Rules", ())]
        speakers = [policy for policy, _ in self._said(node, plan.name)]
        frozen: dict[str, None] = {}
        notes: dict[str, None] = {}
        for policy in speakers:
            document = Document(policy.document.text, policy.document.plans, ())
            said = spelled(Settler(document, Placeholders()).settled(), plan.name, rules)
            own = said.plans[plan.name]
            paths = final(plan.name, own, said.controls, partly=partly or len(speakers) > 1)
            frozen |= dict.fromkeys(paths)
            notes |= dict.fromkeys(left(plan.name, own, said.controls))
        return tuple(frozen), tuple(notes)

    def _said(self, node: Node, plan: str) -> Iterator[tuple[Policy, Any]]:
        """What the policies of a node itself say of a plan."""
        for policy in self.tree.attached[node]:
            for name, said in policy.document.plans.items():
                if name.lower() == plan.lower():
                    yield policy, said

    def _appends(self, node: Node, plan: str) -> bool:
        """Whether a policy of this node itself adds to a list of the plan."""
        return any("@@append" in str(said) for _, said in self._said(node, plan))

    def _alone(self, plans: Iterable[str]) -> Iterator[Found]:
        """Plans for each account by itself."""
        wanted = set(plans)
        if not self.tree.accounts:
            self.complaints.nowhere(wanted)
        for account in self.tree.accounts if wanted else ():
            above = self.tree.above(account)
            effective = self.effective[above[-1]] if above else {}
            for name in sorted(wanted & effective.keys()):
                scope = Scope(account.path[-1], effective[name][0].where.region, note=ALONE)
                yield from (replace(one, where=scope) for one in effective[name])


def _noted(found: Iterable[Found], notes: tuple[str, ...]) -> Iterator[Found]:
    """The same, with notes at the plan."""
    for one in found:
        yield replace(one, notes=(*one.notes, *notes)) if one.kind == "plan" else one


def _regions(found: Sequence[Found]) -> set[str]:
    return set((found[0].where.region or "").split(","))


def _plain(found: Iterable[Found]) -> list[Any]:
    return [(one.kind, one.name, one.body, one.where.region) for one in found]
