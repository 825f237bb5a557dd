"""Decides about one stack set: make it, bring it up to date, and put stacks where there are none yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backstay_agent.bootstrap.seen import SeenSet
from backstay_agent.bootstrap.template import WantedSet
from backstay_contract.bootstrap import CreateStackSet, DeployStackSet, UpdateStackSet

Place = Callable[[str, object], dict[str, str]]
"""From a word and what a step does to where it is and its id."""


def decide_set(
    wanted: WantedSet,
    found: SeenSet | None,
    units: Sequence[str],
    reached: Sequence[str],
    place: Place,
    before: tuple[str, ...],
) -> list[CreateStackSet | UpdateStackSet | DeployStackSet] | str:
    """The steps, which come after the steps `before`, or why the set that is there cannot become the wanted one."""
    if found is not None and not found.service_managed:
        return "there is a self-managed stack set of this name; say another one with --stack-set-prefix"
    steps: list[CreateStackSet | UpdateStackSet | DeployStackSet] = []
    body = {"template": dict(wanted.template), "parameters": dict(wanted.parameters)}
    if found is None:
        at = place("stackset", body)
        reason = "there is no such stack set"
        steps.append(CreateStackSet(**at, stack_set=wanted.name, **body, reason=reason, after_steps=before))
    elif changes := _changes(wanted, found):
        at = place("stackset", [body, changes])
        reason = "the stack set, or stacks of it, differ from what was asked for"
        steps.append(
            UpdateStackSet(**at, stack_set=wanted.name, **body, reason=reason, changes=changes, after_steps=before)
        )
    there = found.stacks if found is not None else {}
    missing = tuple(account for account in reached if account not in there)
    if missing or not set(units) <= (found.units if found is not None else frozenset()):
        at = place("deploy", [list(units), list(missing)])
        after = (*before, *(step.id for step in steps))
        reason = "accounts have no stack yet" if missing else "accounts that come later shall have stacks"
        steps.append(
            DeployStackSet(
                **at, stack_set=wanted.name, units=tuple(units), accounts=missing, reason=reason, after_steps=after
            )
        )
    return steps


def _changes(wanted: WantedSet, found: SeenSet) -> tuple[str, ...]:
    outdated = sum(not current for current in found.stacks.values())
    different = sorted(name for name, value in wanted.parameters.items() if found.parameters.get(name, "") != value)
    return (
        *(["the template"] if found.template != wanted.template else []),
        *([f"parameters {', '.join(different)}"] if different else []),
        *(["automatic deployment"] if not found.automatic else []),
        *([f"{outdated} stack{'s' if outdated != 1 else ''} not up to date"] if outdated else []),
    )
