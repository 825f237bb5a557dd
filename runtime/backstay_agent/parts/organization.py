"""Reads the organization's backup policies: those of ours, those of wanted names, and how full every node is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from backstay_agent.observed import Part, Policies, is_ours
from backstay_agent.parts import backup_policy, backup_policy_attachment, units
from backstay_agent.parts.noun import Wish
from backstay_agent.parts.steps import Answer, Steps


def read(account: str, region: str, organization: str, wishes: Sequence[Wish]) -> Steps[Policies]:
    """Everything that planning needs, asked for in `account`, which may ask for it."""
    listed = yield backup_policy.step("ListPolicies", every="Policies", Filter=backup_policy.TYPE)
    summaries = sorted(listed["Policies"], key=lambda one: (str(one["Name"]), str(one["Id"])))
    nodes = yield from _nodes([wish.body["Node"] for wish in wishes if wish.noun == "backup-policy-attachment"])
    words = {number: word for word, number in nodes.items() if number is not None}
    names = {wish.name for wish in wishes}
    parts: list[Part] = []
    taken: Counter[str] = Counter()
    for summary in summaries:
        name, number = str(summary["Name"]), str(summary["Id"])
        answer = yield backup_policy.step("ListTargetsForPolicy", every="Targets", PolicyId=number)
        targets = {str(one["TargetId"]): _word(one, words) for one in answer["Targets"]}
        taken.update(targets.values())
        tags = yield from backup_policy.tags_of(number)
        if name not in names and not is_ours(tags, organization):
            continue
        parts.append((yield from backup_policy.part(summary, tags, wanted=name in names)))
        attachment = backup_policy_attachment.part
        parts += [attachment(name, number, word, one, tags, names) for one, word in targets.items()]
    return Policies(account, region, tuple(parts), dict(sorted(taken.items())), len(summaries), nodes)


def _nodes(wanted: Sequence[str]) -> Steps[Mapping[str, str | None]]:
    """Ids of the wanted nodes by their words."""
    if not wanted:
        return {}
    paths = {node for node in wanted if node != units.ROOT and not node.isdigit()}
    found = yield from units.ids(paths)
    return {**found, **{node: node for node in sorted(wanted) if node.isdigit()}}


def _word(target: Answer, words: Mapping[str, str]) -> str:
    """A node as the build calls it; a unit that it does not name by its own name and its id."""
    number = str(target["TargetId"])
    if number.startswith("r-") or number.isdigit():
        return units.ROOT if number.startswith("r-") else number
    return words.get(number, f"{target.get('Name', 'unit')} ({number})")
