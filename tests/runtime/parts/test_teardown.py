"""Parts in a teardown, in the proof of the order, and in what needs an approval: pure, one of every kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from backstay_agent.observed import OWNER_TAG, Contents, Observed, Part, Policies
from backstay_agent.planner import plan_changes, plan_teardown
from backstay_agent.planner.protection import lowered
from backstay_agent.requests import is_final
from backstay_contract.plan import ChangePlan, CreatePart, DeletePart, Scope, UpdatePart

PLACE = ("100000000010", "eu-central-1")
OURS = {OWNER_TAG: "o-acme0001"}
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def build(builds: Any, every: Change) -> Any:
    """A build with one thing of every kind."""
    return builds.make(every)


@pytest.fixture
def done(build: Any, model: Any) -> Observed:
    """What is there after an apply, with vaults that are empty."""
    empty = model.empty(build)
    after: Observed = model.apply(empty, plan_changes(build, empty, Scope(folder="b")).actions)
    names = [*after.places[PLACE].vaults, "bunker"]
    return replace(after, contents={(*PLACE, name): Contents(air_gapped=name == "bunker") for name in names})


def tear(build: Any, observed: Observed, **options: Any) -> ChangePlan:
    """The teardown of a build."""
    return plan_teardown(build, observed, Scope(folder="b", **options))


def test_everything_goes_backwards_and_keys_and_roles_stay(build: Any, done: Observed) -> None:
    """What was made last goes first; only the hold needs an approval; keys and roles are told."""
    plan = tear(build, done)
    gone = [action.noun for action in plan.actions if isinstance(action, DeletePart)]
    assert gone == [
        "restore-testing-selection",
        "restore-testing-plan",
        "report-plan",
        "framework",
        "legal-hold",
        "tiering-configuration",
        "air-gapped-vault",
    ]
    assert [action.name for action in plan.actions if action.effect == "irreversible"] == ["case"]
    told = {(held.kind, held.name): held.reason for held in plan.held}
    assert set(told) == {("key", "alias/own"), ("role", "Own")}
    assert all("never deletes" in reason for reason in told.values())
    bunker = next(action for action in plan.actions if action.name == "bunker")
    writers = {action.id for action in plan.actions if action.kind in ("delete-plan", "delete-selection")}
    assert writers <= set(bunker.after_actions)


def test_an_air_gapped_vault_with_points_stays_until_its_day(build: Any, done: Observed) -> None:
    """Whatever is asked for: nobody can delete what it holds."""
    end = datetime(2027, 3, 1, tzinfo=UTC)
    contents = {**(done.contents or {}), (*PLACE, "bunker"): Contents(("arn:1",), 10, end, air_gapped=True)}
    plan = tear(build, replace(done, contents=contents), delete_points=True)
    assert "bunker" not in [action.name for action in plan.actions]
    [held] = [held for held in plan.held if held.kind == "air-gapped-vault"]
    assert (held.points, held.free_on) == (1, "2027-03-01")


def test_orphans_only_leaves_what_the_build_names(build: Any, done: Observed) -> None:
    """Of all kinds."""
    place = done.places[PLACE]
    stray = Part("framework", "old", "arn:old", {}, OURS, wanted=False)
    plan = tear(build, replace(done, places={PLACE: replace(place, parts=(*place.parts, stray))}), orphans_only=True)
    assert [(action.kind, action.name) for action in plan.actions] == [("delete-part", "old")]
    assert plan.held == ()


def test_backup_policies_are_detached_then_deleted(build: Any, done: Observed) -> None:
    """Ours; those of others stay."""
    policy = Part("backup-policy", "gold", "p-1", {}, OURS)
    attached = Part("backup-policy-attachment", "gold on root", "p-1 r-1", {"Policy": "gold", "Node": "root"}, OURS)
    other = Part("backup-policy", "theirs", "p-2", {}, {})
    found = Policies("100000000001", PLACE[1], (policy, attached, other))
    plan = tear(build, replace(done, places={}, policies=found))
    assert [(action.name, action.effect) for action in plan.actions] == [
        ("gold on root", "destructive"),
        ("gold", "destructive"),
    ]
    assert plan.actions[1].after_actions == (plan.actions[0].id,)


@pytest.mark.parametrize(("noun", "told"), [("air-gapped-vault", "bunker"), ("legal-hold", "case")])
def test_the_proof_knows_what_guards(done: Observed, noun: str, told: str) -> None:
    """A step that takes an air-gapped vault or a hold away lowers protection; one that takes a report does not."""
    place = done.places[PLACE]
    less = replace(place, parts=tuple(part for part in place.parts if part.noun != noun))
    assert told in (lowered(place, less, done.now) or "")
    quiet = replace(place, parts=tuple(part for part in place.parts if part.noun != "report-plan"))
    assert lowered(place, quiet, done.now) is None


def test_an_air_gapped_vaults_policy_guards_it(done: Observed) -> None:
    """As that of any vault."""
    place = done.places[PLACE]

    def open_(part: Part) -> Part:
        body = {name: value for name, value in part.body.items() if name != "AccessPolicy"}
        return replace(part, body=body) if part.noun == "air-gapped-vault" else part

    less = replace(place, parts=tuple(map(open_, place.parts)))
    assert lowered(place, less, done.now) == "the access policy of air-gapped vault bunker"


def test_what_is_final_is_final_whatever_a_plan_calls_it(build: Any, model: Any, done: Observed, builds: Any) -> None:
    """An effect that somebody wrote into a plan opens no way around the approval."""
    actions = [*plan_changes(build, model.empty(build), Scope(folder="b")).actions, *tear(build, done).actions]
    final = {
        (action.kind, action.name)
        for action in actions
        if isinstance(action, CreatePart | UpdatePart | DeletePart)
        and is_final(action.model_copy(update={"effect": "reversible"}))
    }
    assert final == {("create-part", "bunker"), ("create-part", "cheap"), ("delete-part", "case")}
