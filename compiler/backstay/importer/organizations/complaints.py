"""What is to be said of a tree of backup policies: what is refused, what counts for nothing, what is assigned twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backstay.importer.organizations.attached import Node, Policy, Tree
from backstay.importer.problem import problem
from backstay.source.text import DataPath
from backstay_aws.effective import EffectiveError, Leaf, Level, Place, Refused, Settings, Trace, admit, conflicts
from backstay_contract.findings import Finding, Label, Span

AS_WRITTEN: Final = Settings(keys="written", copy_target="key")
"""How a tree is read: names as they are written, and a copy without a target goes where its key says."""

APART: Final = "it is less below, or in other Regions, so that each account has its own"


@dataclass
class Complaints:
    """Collects findings about a tree."""

    tree: Tree
    findings: list[Finding]

    def refused(self) -> None:
        """Say what Organizations would not admit now. It is imported all the same: what was admitted once stays."""
        for policy in {one.name: one for attached in self.tree.attached.values() for one in attached}.values():
            for refusal in admit(policy.text, policy=policy.name, settings=AS_WRITTEN):
                message = f"Organizations refuses this policy: {refusal.reason}"
                self._say(policy.name, refusal.place, message, "refused-by-organizations")

    def unreadable(self, answer: Refused) -> None:
        """Say which policies could not be read, so that nothing can be said of what is below them."""
        for refusal in answer.refusals:
            self._say(refusal.policy, refusal.place, refusal.reason, "wrong-value")

    def nowhere(self, plans: Iterable[str]) -> None:
        """Say that plans have to be written for each account, and which those are is not known."""
        for plan in sorted(plans):
            node = next(node for node in self.tree.nodes() if _speaks(self.tree.speaker(node, plan), plan))
            place = self.tree.speaker(node, plan).document.place((plan,))
            message = f"plan `{plan}` is left out: {APART}, and the accounts are not known"
            self.findings.append(problem("left-out", message, place, help="name the organization file: --org"))

    def withheld(self, node: Node, errors: Iterable[EffectiveError]) -> None:
        """Say why Organizations puts nothing into effect there, though a policy can be written for it."""
        for error in errors:
            at: DataPath = tuple(error.path.split("/")[1:])
            speaker = self.tree.speaker(node, str(at[0]) if at else "")
            message = f"what {node} gets is not valid, so that accounts keep what they had before: {error.reason}"
            place = speaker.document.place(at)
            self.findings.append(problem("refused-by-organizations", message, place, notes=(f"at `{error.path}`",)))

    def counted(self, trace: Trace, levels: Sequence[Level]) -> None:
        """Say what the policies of the last level state in vain, or twice."""
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


def _speaks(policy: Policy, plan: str) -> bool:
    return plan.lower() in {name.lower() for name in policy.document.plans}
