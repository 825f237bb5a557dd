"""What of ours, or of what the build wants, somebody else manages, too: told, since it will go to and fro."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backstay_agent.controllers import controller_of, warning
from backstay_agent.observed import Place, is_ours
from backstay_agent.planner.decision import Decision, Setting
from backstay_agent.wanted import Wanted
from backstay_contract.plan import Contested

_TWICE = "makes a plan of this name here, too: what both select is backed up twice; keep one of the two"


def foreign(at: Setting, name: str, arn: str, found: Mapping[str, str], wish: Mapping[str, str]) -> str | None:
    """Who else manages a vault or a plan, and what follows from it; None where nothing shows that anybody does."""
    controller = controller_of(found, (name, arn.rpartition(":")[2]), at.organization, wish)
    return warning(controller) if controller is not None else None


def with_foreign(
    at: Setting, reason: str, name: str, arn: str, found: Mapping[str, str], wish: Mapping[str, str]
) -> str:
    """A reason that has to do with somebody else's thing, with who that is, where its tags or its name show it."""
    told = foreign(at, name, arn, found, wish)
    return f"{reason}; {told}" if told else reason


def decide_contested(at: Setting, wanted: Wanted, place: Place) -> Decision:
    """The vaults and plans of ours that bear another controller's marks, and plans that are made here twice."""
    return Decision(contested=(*_vaults(at, wanted, place), *_plans(at, wanted, place)))


def _vaults(at: Setting, wanted: Wanted, place: Place) -> Iterator[Contested]:
    for name, vault in sorted(place.vaults.items()):
        wish = wanted.vaults.get(name)
        if is_ours(vault.tags, at.organization):
            controller = controller_of(vault.tags, (name,), at.organization, wish.tags if wish else {})
            if controller is not None:
                told = warning(controller)
                yield Contested(**at.place(), kind="vault", name=name, controller=controller.name, reason=told)


def _plans(at: Setting, wanted: Wanted, place: Place) -> Iterator[Contested]:
    for plan in place.plans:
        wish = wanted.plans.get(plan.name)
        if is_ours(plan.tags, at.organization):
            controller = controller_of(plan.tags, (plan.name, plan.id), at.organization, wish.tags if wish else {})
            if controller is not None:
                told = warning(controller)
                yield Contested(**at.place(), kind="plan", name=plan.name, controller=controller.name, reason=told)
    for name, identity in sorted(place.readiness.of_services.items()):
        controller = controller_of({}, (identity,), at.organization, {})
        if controller is not None:
            told = f"{controller.name} {_TWICE}"
            yield Contested(**at.place(), kind="plan", name=name, controller=controller.name, reason=told)
