"""What is decided about things of every kind: pure, from a build and what was observed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backstay_agent.observed import OWNER_TAG, Observed, Part, Unseen
from backstay_agent.parts import NOUNS
from backstay_agent.planner import plan_changes
from backstay_contract.plan import ChangePlan, CreatePart, DeletePart, Scope, UpdatePart

PLACE = ("100000000010", "eu-central-1")
ORGANIZATION = "o-acme0001"
Change = Callable[[dict[str, Any]], None]


def decide(build: Any, observed: Observed, *, adopt: bool = False) -> ChangePlan:
    """The plan for a build, given what was observed."""
    return plan_changes(build, observed, Scope(folder="build", adopt=adopt))


@pytest.fixture
def build(builds: Any, every: Change) -> Any:
    """A build with one thing of every kind."""
    return builds.make(every)


@pytest.fixture
def nothing(build: Any, model: Any) -> Observed:
    """A place in which there is neither the key nor the role that the build makes."""
    observed: Observed = model.empty(build)
    place = observed.places[PLACE]
    managed = replace(place, keys=dict.fromkeys(place.keys), roles=dict.fromkeys(place.roles, "no"))
    return replace(observed, places={PLACE: managed})


@pytest.fixture
def done(build: Any, model: Any, nothing: Observed) -> Observed:
    """The same place after an apply."""
    after: Observed = model.apply(nothing, decide(build, nothing).actions)
    return after


def with_parts(observed: Observed, change: Callable[[Part], Part | None]) -> Observed:
    """What is observed, each part changed, or not there."""
    parts = tuple(part for one in observed.places[PLACE].parts if (part := change(one)) is not None)
    return replace(observed, places={PLACE: replace(observed.places[PLACE], parts=parts)})


def foreign(observed: Observed, noun: str) -> Observed:
    """What is observed, the things of a kind (and what belongs to them) made by somebody else."""
    within = {noun, *(one.word for one in NOUNS if one.within == noun)}
    return with_parts(observed, lambda part: replace(part, tags={"by": "hand"}) if part.noun in within else part)


def test_every_kind_is_made_once(build: Any, nothing: Observed, done: Observed) -> None:
    """From nothing everything is made, though what it needs is only made by the same apply; then nothing is left."""
    plan = decide(build, nothing)
    made = sorted(action.noun for action in plan.actions if isinstance(action, CreatePart))
    assert made == sorted(noun.word for noun in NOUNS if noun.shape)
    assert (plan.missing, plan.conflicts) == ((), ())
    again = decide(build, done)
    assert (again.actions, again.orphans, again.missing, again.conflicts) == ((), (), (), ())


def test_each_waits_for_what_it_rests_on(build: Any, nothing: Observed) -> None:
    """The vault on the key, the selections on the role, the report on the framework, the restore test on its plan."""
    actions = decide(build, nothing).actions
    position = {action.id: number for number, action in enumerate(actions)}
    by_name = {(action.kind, action.name): action for action in actions}
    rests = {
        ("create-vault", "keyed"): ("create-part", "alias/own"),
        ("create-part", "bunker"): ("create-part", "alias/own"),
        ("create-selection", "tier-gold"): ("create-part", "Own"),
        ("create-part", "sunday/disks"): ("create-part", "sunday"),
        ("create-part", "controls"): ("create-part", "acme"),
    }
    for one, other in rests.items():
        assert by_name[other].id in by_name[one].after_actions, one
    for action in actions:
        assert all(position[needed] < position[action.id] for needed in action.after_actions)
    assert by_name["create-part", "Own"].id in by_name["create-part", "sunday/disks"].after_actions


def test_a_plan_waits_for_the_air_gapped_vault_that_it_fills(builds: Any, every: Change, model: Any) -> None:
    """AWS takes no rule whose air-gapped vault is not there: until the vault is approved, the plan waits with it."""

    def filled(shape: dict[str, Any]) -> None:
        every(shape)
        rule = shape["plans"][0]["BackupPlan"]["Rules"][0]
        rule["TargetLogicallyAirGappedBackupVaultArn"] = "arn:aws:backup:eu-central-1:$account:backup-vault:bunker"

    build = builds.make(filled)
    actions = decide(build, model.empty(build)).actions
    (vault,) = [action for action in actions if action.name == "bunker"]
    (plan,) = [action for action in actions if action.kind == "create-plan"]
    assert (vault.effect, vault.id in plan.after_actions) == ("irreversible", True)


def test_a_role_is_made_in_one_region_for_all(builds: Any, every: Change, model: Any) -> None:
    """Where the role is not made, it is neither missing nor left over."""
    build = builds.make(every)
    assert build.makes(f"arn:aws:iam::{PLACE[0]}:role/backup/Own")
    assert not build.makes("arn:aws:iam::100000000011:role/backup/Own")
    assert not build.makes(f"arn:aws:iam::{PLACE[0]}:role/Other")


@pytest.mark.parametrize("noun", [noun.word for noun in NOUNS if noun.shape and not noun.within and not noun.many])
def test_what_somebody_else_made(build: Any, done: Observed, noun: str) -> None:
    """Just as wanted it is taken over, else it is a conflict; `--adopt` makes it as wanted."""
    equal = decide(build, foreign(done, noun))
    (update,) = equal.actions
    assert isinstance(update, UpdatePart)
    assert (update.noun, update.before, update.tags[OWNER_TAG]) == (noun, update.after, ORGANIZATION)
    assert "taken over" in update.reason

    def other(part: Part) -> Part:
        return replace(part, body={**part.body, **OTHER[noun]}) if part.noun == noun else part

    differs = with_parts(foreign(done, noun), other)
    assert [(it.kind, "--adopt" in it.reason) for it in decide(build, differs).conflicts] == [(noun, True)]
    assert decide(build, differs).actions == ()
    (adopted,) = decide(build, differs, adopt=True).actions
    assert isinstance(adopted, UpdatePart)
    assert adopted.after == update.after


POLICY = {"Version": "2012-10-17", "Statement": []}
OTHER: dict[str, dict[str, Any]] = {
    "key": {"Policy": POLICY},
    "role": {"Policies": {"x": POLICY}},
    "air-gapped-vault": {"Notifications": {"SNSTopicArn": "x", "BackupVaultEvents": []}},
    "tiering-configuration": {"ResourceSelection": []},
    "framework": {"FrameworkControls": []},
    "report-plan": {"ReportDeliveryChannel": {"S3BucketName": "other"}},
    "restore-testing-plan": {"StartWindowHours": 3},
}


def test_a_foreign_plan_with_more_in_it_is_left_alone(build: Any, done: Observed) -> None:
    """A restore testing plan that holds a selection nobody wants would lose it next time: it is not taken over."""
    strange = foreign(done, "restore-testing-plan")
    place = strange.places[PLACE]
    more = Part("restore-testing-selection", "sunday/x", "sunday/x", {}, {"by": "hand"}, held_by="sunday", wanted=False)
    strange = replace(strange, places={PLACE: replace(place, parts=(*place.parts, more))})
    plan = decide(build, strange)
    assert [it.kind for it in plan.conflicts] == ["restore-testing-plan"]
    assert plan.actions == ()
    emptied = with_parts(strange, lambda part: None if part.name == "sunday/disks" else part)
    assert decide(build, emptied).actions == (), "nothing is put into what is left alone"


@pytest.mark.parametrize(
    ("noun", "body", "told"),
    [
        ("air-gapped-vault", {"MaxRetentionDays": 50}, "largest retention is 50, the policy says 99"),
        ("air-gapped-vault", {"EncryptionKeyArn": "arn:aws:kms:x:1:key/2"}, "key is arn:aws:kms:x:1:key/2"),
        ("restore-testing-selection", {"ProtectedResourceType": "S3"}, "tests S3, the policy says EBS"),
        ("role", {"Path": "/"}, "has the path /, the policy says /backup/"),
    ],
)
def test_what_aws_cannot_change_is_a_conflict(
    build: Any, done: Observed, noun: str, body: dict[str, Any], told: str
) -> None:
    """It is left as it is, and told with both values."""
    other = with_parts(done, lambda part: replace(part, body={**part.body, **body}) if part.noun == noun else part)
    plan = decide(build, other)
    assert plan.actions == ()
    (conflict,) = plan.conflicts
    assert (conflict.kind, told in conflict.reason) == (noun, True)


def test_nothing_of_ours_is_touched_where_the_build_names_nothing(builds: Any, build: Any, done: Observed) -> None:
    """In a place that the build no longer names everything is left, and told."""
    other = builds.make(accounts=("100000000011",))
    plan = decide(other, done)
    parts = [it for it in plan.orphans if it.kind not in ("vault", "plan")]
    assert sorted(it.kind for it in parts) == sorted(noun.word for noun in NOUNS if noun.shape)
    assert plan.actions == ()


def test_an_air_gapped_vault_that_holds_something_stays(builds: Any, done: Observed) -> None:
    """It can go when its last recovery point is gone, and when nobody unread may copy into it."""
    bare = builds.make()
    full = with_parts(done, lambda part: replace(part, kept="it is full") if part.noun == "air-gapped-vault" else part)
    assert [it.name for it in decide(bare, done).actions if isinstance(it, DeletePart) and it.name == "bunker"]
    plan = decide(bare, full)
    assert [it.name for it in plan.actions if it.name == "bunker"] == []
    assert [it.reason for it in plan.orphans if it.name == "bunker"] == ["not in any policy any more, but it is full"]


def test_what_the_build_leaves_unsaid_stays(builds: Any, every: Change, model: Any, done: Observed) -> None:
    """AWS cannot be told to have no description: one that the policy does not speak of is no difference."""

    def silent(shape: dict[str, Any]) -> None:
        every(shape)
        del shape["frameworks"][0]["FrameworkDescription"]

    assert decide(builds.make(silent), done).actions == ()


def test_kinds_that_could_not_be_looked_for_are_told(builds: Any, model: Any) -> None:
    """They are no reason to leave the place alone, but what may be left there is not known."""
    build = builds.make()
    observed = model.empty(build)
    seen = Unseen("framework", "AccessDeniedException while ListFrameworks")
    place = replace(observed.places[PLACE], unseen=(seen, replace(seen, noun="report-plan")))
    plan = decide(build, replace(observed, places={PLACE: place}))
    assert [(it.named, it.error) for it in plan.unreadable] == [
        (False, "AccessDeniedException while ListFrameworks (frameworks, report plans)")
    ]
    assert plan.actions
