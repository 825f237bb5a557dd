"""A saved plan is carried out only on what it was decided on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backstay_agent.freshness import stale
from backstay_agent.planner import plan_changes
from backstay_contract.plan import ChangePlan, Scope

SCOPE = Scope(folder="build")


@pytest.fixture
def saved(builds: Any, model: Any) -> ChangePlan:
    """The plan of a first apply."""
    build = builds.make()
    return plan_changes(build, model.empty(build), SCOPE)


def test_a_fresh_plan_is_good(saved: ChangePlan) -> None:
    """Same build, same observation: go."""
    assert stale(saved, saved, began=False) is None


def test_another_build_makes_it_stale(saved: ChangePlan) -> None:
    """A plan is bound to one build."""
    assert "build" in (stale(saved, saved.model_copy(update={"build": "other"}), began=True) or "")


def test_another_state_makes_it_stale(saved: ChangePlan, builds: Any, model: Any) -> None:
    """When somebody did part of it by hand, the plan must be made again."""
    build = builds.make()
    current = plan_changes(build, model.apply(model.empty(build), saved.actions[:2]), SCOPE)
    assert "plan again" in (stale(saved, current, began=False) or "")


def test_a_killed_apply_may_go_on(saved: ChangePlan, builds: Any, model: Any) -> None:
    """The rest of a plan that began is still that plan."""
    build = builds.make()
    current = plan_changes(build, model.apply(model.empty(build), saved.actions[:2]), SCOPE)
    assert {action.id for action in current.actions} < {action.id for action in saved.actions}
    assert stale(saved, current, began=True) is None


def test_nothing_new_slips_into_a_plan_that_began(saved: ChangePlan) -> None:
    """An action that was not in the saved plan is refused by name, even on the way."""
    short = saved.model_copy(update={"actions": saved.actions[1:]})
    assert "create-vault primary" in (stale(short, saved, began=True) or "")


def test_what_was_made_half_is_finished_by_the_plan_that_began(builds: Any, every: Any, model: Any) -> None:
    """A role takes several calls: after a kill between them, an update ends what the plan announced as a creation."""
    build = builds.make(every)
    empty = model.empty(build)
    saved = plan_changes(build, empty, SCOPE)
    done = model.apply(empty, saved.actions)
    (key, place), *_ = done.places.items()
    half = [replace(part, body={**part.body, "Policies": {}}) if part.noun == "role" else part for part in place.parts]
    current = plan_changes(build, replace(done, places={key: replace(place, parts=tuple(half))}), SCOPE)
    assert [(action.kind, action.name) for action in current.actions] == [("update-part", "Own")]
    assert stale(saved, current, began=True) is None
    assert "update-part Own" in (stale(saved, current, began=False) or "")
    other = saved.model_copy(update={"actions": tuple(it for it in saved.actions if it.name != "Own")})
    assert "update-part Own" in (stale(other, current, began=True) or "")
