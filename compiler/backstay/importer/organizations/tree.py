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
from backstay.importer.organizations.attached import ATTACHMENTS, Node, Policy, Tree, read_attached
from backstay.importer.organizations.bodies import Bodies
from backstay.importer.organizations.changes import changed_plan
from backstay.importer.organizations.document import Document, Settler
from backstay.importer.organizations.locks import final
from backstay.importer.organizations.placeholders import Placeholders
from backstay.importer.problem import problem
from backstay_aws.effective import Attached, Leaf, Level, Place, Refused, Settings, Trace, conflicts, evaluate
from backstay_contract.findings import Finding, Label, Span

__all__ = ["ATTACHMENTS", "read_tree"]

APPENDED = "the source adds to inherited lists here; what stands here is the whole of them"
ALONE = (
    "below it loses something or has other Regions, which inheritance cannot say: written for each account by itself"
)
_AS_WRITTEN = Settings(keys="written", copy_target="key")
Plans = Mapping[str, tuple[Found, ...]]


def read_tree(folder: Path) -> Reading:
    """All policies of a folder where they are attached."""
    tree = read_attached(folder)
    if any(one.severity == "error" for one in tree.findings):
        return Reading(findings=tuple(tree.findings))
    work = _Work(tree, list(tree.findings))
    found = tuple(work.found())
    return Reading(found, tuple(dict.fromkeys(work.findings)))


@dataclass
class _Work:
    """Works out node by node; `names` are those of the policies written so far, by plan and node."""

    tree: Tree
    findings: list[Finding]
    effective: dict[Node, Plans] = field(default_factory=dict)
    names: dict[tuple[str, Node], str] = field(default_factory=dict)
    taken: dict[str, tuple[str, Node, str]] = field(default_factory=dict)

    def found(self) -> Iterator[Found]:
        nodes = self.tree.nodes()
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
        answer = evaluate(levels, settings=_AS_WRITTEN)
        if isinstance(answer, Refused):
            for refusal in answer.refusals:
                self._say(refusal.policy, refusal.place, f"Organizations refuses this policy: {refusal.reason}")
            return {}
        self._told(answer.trace, levels)
        document = answer.document.get("plans") or {}
        return {name: self._bodies(node, name, plan) for name, plan in document.items()}

    def _level(self, node: Node) -> Level:
        policies = tuple(Attached(one.name, text=one.text) for one in self.tree.attached[node])
        return Level(node.kind, str(node), policies)

    def _bodies(self, node: Node, name: str, plan: Mapping[str, Any]) -> tuple[Found, ...]:
        bodies = Bodies(self._speaker(node, name).document)
        regions = ",".join(sorted(plan.get("regions") or ())) or None
        found = tuple(bodies.plan(name, plan, Scope(region=regions)))
        self.findings += bodies.findings
        return found

    def _speaker(self, node: Node, plan: str) -> Policy:
        """The policy nearest to the node that speaks of a plan."""
        spoken = [one for above in reversed(self.tree.above(node)) for one in self.tree.attached[above]]
        return next((one for one in spoken if plan.lower() in {key.lower() for key in one.document.plans}), spoken[0])

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
        speaker = self._speaker(node, name)
        scope = Scope(None, own[0].where.region, node.target)
        if inherited is None:
            yield from self._placed(own, replace(scope, final=self._final(speaker, name)), node, name, speaker)
            return
        if _plain(inherited) == _plain(own):
            return
        changed = changed_plan(inherited, own) or own
        extends = self._extended(node, name)
        note = APPENDED if self._appends(node, name) else None
        locked = self._final(speaker, name, partly=True)
        scope = replace(scope, region=None, extends=extends, note=note, final=locked)
        yield from self._placed(changed, scope, node, name, speaker)

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

    def _final(self, policy: Policy, plan: str, *, partly: bool = False) -> tuple[str, ...]:
        settled = Settler(Document(policy.document.text, policy.document.plans, ()), Placeholders()).settled()
        return final(plan, settled.plans.get(plan) or {}, settled.controls, partly=partly)

    def _appends(self, node: Node, plan: str) -> bool:
        """Whether a policy of this node itself adds to a list of the plan."""
        return any("@@append" in str(one.document.plans.get(plan, "")) for one in self.tree.attached[node])

    def _alone(self, plans: Iterable[str]) -> Iterator[Found]:
        """Plans for each account by itself."""
        wanted = set(plans)
        for account in self.tree.accounts if wanted else ():
            above = self.tree.above(account)
            effective = self.effective[above[-1]] if above else {}
            for name in sorted(wanted & effective.keys()):
                scope = Scope(account.path[-1], effective[name][0].where.region, note=ALONE)
                yield from (replace(one, where=scope) for one in effective[name])

    def _told(self, trace: Trace, levels: Sequence[Level]) -> None:
        last = len(levels) - 1
        for one in trace.ignored:
            if one.level == last:
                self._say(one.policy, one.place, f"`{one.path}`: this counts for nothing: {one.by}", "unused-operator")
        for leaf in conflicts(trace):
            self._conflict(leaf, last)

    def _conflict(self, leaf: Leaf, last: int) -> None:
        lost = [one for one in leaf.said if one.outcome == "lost" and one.level == last]
        won = leaf.set_by
        for one in lost:
            message = f"two policies of {one.at} assign `{leaf.path}`; the one that was attached first wins"
            help_ = "AWS does not tell the order of attachment: check that the policies are listed in it"
            place = self._span(won.policy, won.place) if won is not None else None
            others = (Label(place, "this one is taken to be the first"),) if place is not None else ()
            finding = problem("approximated", message, self._span(one.policy, one.place), others=others, help=help_)
            self.findings.append(finding)

    def _say(self, policy: str, place: Place | None, message: str, name: Any = "wrong-value") -> None:
        self.findings.append(problem(name, message, self._span(policy, place)))

    def _span(self, policy: str, place: Place | None) -> Span:
        every = (one for attached in self.tree.attached.values() for one in attached)
        path = next(one.document.text.path for one in every if one.name == policy)
        if place is None:
            return Span(path, 1, 1, 1, 1)
        return Span(path, place.line, place.column, place.end_line, place.end_column)


def _regions(found: Sequence[Found]) -> set[str]:
    return set((found[0].where.region or "").split(","))


def _plain(found: Iterable[Found]) -> list[Any]:
    return [(one.kind, one.name, one.body, one.where.region) for one in found]
