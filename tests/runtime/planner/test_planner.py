"""What the planner decides, case by case, and that it always arrives where the build wants to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backstay_agent.observed import OWNER_TAG, Observed, Unread
from backstay_agent.planner import plan_changes
from backstay_contract.plan import ChangePlan, Scope

ACCOUNT, REGION, ORGANIZATION = "100000000010", "eu-central-1", "o-acme0001"
PLACE = (ACCOUNT, REGION)


def decide(build: Any, observed: Observed, **options: Any) -> ChangePlan:
    """The plan for a build, given what was observed."""
    return plan_changes(build, observed, Scope(folder="build", **options))


def kinds(plan: ChangePlan) -> list[str]:
    """What a plan does, in its order."""
    return [action.kind for action in plan.actions]


def in_vault(observed: Observed, **changes: Any) -> Observed:
    """The same, with the one vault of the tests' build changed."""
    place = observed.places[PLACE]
    vault = replace(place.vaults["primary"], **changes)
    return replace(observed, places={**observed.places, PLACE: replace(place, vaults={"primary": vault})})


def in_place(observed: Observed, **changes: Any) -> Observed:
    """The same, with the one place of the tests changed."""
    return replace(observed, places={**observed.places, PLACE: replace(observed.places[PLACE], **changes)})


@pytest.fixture
def applied(builds: Any, model: Any) -> Any:
    """Gives what AWS holds after a build was applied to an empty organization."""

    def after(change: Any = None) -> Observed:
        build = builds.make(change)
        return model.apply(model.empty(build), decide(build, model.empty(build)).actions)

    return after


def test_everything_is_created_in_an_order_that_protects_first(builds: Any, model: Any) -> None:
    """An empty account gets vault, policy, notifications, plan, selection and lock, in this order."""
    plan = decide(builds.make(), model.empty(builds.make()))
    assert kinds(plan) == [
        "create-vault",
        "put-vault-policy",
        "put-vault-notifications",
        "create-plan",
        "create-selection",
        "put-vault-lock",
    ]
    assert {action.effect for action in plan.actions} == {"reversible"}


def test_what_is_created_says_whose_it_is(builds: Any, model: Any) -> None:
    """Vaults and plans carry the owner tag from the create call on, besides the policy's own tags."""
    plan = decide(builds.make(), model.empty(builds.make()))
    tags = [action.tags for action in plan.actions if action.kind in ("create-vault", "create-plan")]
    assert tags == [{"team": "platform", OWNER_TAG: ORGANIZATION}] * 2


def test_an_applied_build_needs_nothing(builds: Any, applied: Any) -> None:
    """After an apply there is nothing to do."""
    assert decide(builds.make(), applied()).actions == ()


def test_the_same_wish_gives_the_same_plan(builds: Any, model: Any) -> None:
    """Ids, tokens and bytes of a plan depend on the build and on AWS alone."""
    one, two = (decide(builds.make(), model.empty(builds.make())) for _ in range(2))
    assert one.model_dump_json() == two.model_dump_json()


def test_tokens_fit_the_service(builds: Any, model: Any) -> None:
    """A CreatorRequestId has at most 50 characters."""
    plan = decide(builds.make(), model.empty(builds.make()))
    tokens = [action.token for action in plan.actions if hasattr(action, "token")]
    assert len(tokens) == len(set(tokens)) == 3
    assert all(len(token) <= 50 for token in tokens)


def test_a_plan_that_comes_back_gets_a_new_token(builds: Any, model: Any) -> None:
    """A service that remembers the token of a deleted plan must not answer with the deleted plan."""
    build = builds.make()
    fresh = model.empty(build)
    again = in_place(fresh, generations={"gold": 1})
    first, second = (decide(build, observed).actions[4] for observed in (fresh, again))
    assert first.id == second.id
    assert first.token != second.token


def keep(days: int) -> Any:
    """Rule `daily` keeps its points for so long."""

    def change(shape: dict[str, Any]) -> None:
        shape["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = days

    return change


@pytest.mark.parametrize(("days", "effect"), [(90, "reversible"), (10, "destructive")])
def test_keeping_less_is_destructive(builds: Any, applied: Any, days: int, effect: str) -> None:
    """A longer retention is a plain change, a shorter one takes protection away and says so."""
    (action,) = decide(builds.make(keep(days)), applied()).actions
    assert (action.kind, action.effect) == ("update-plan", effect)
    assert action.changes == (f"rule daily: keep 35 days → {days} days",)


def test_a_rarer_schedule_is_destructive(builds: Any, applied: Any) -> None:
    """From daily to weekly is a loss, although nothing but a schedule changed."""

    def weekly(shape: dict[str, Any]) -> None:
        shape["plans"][0]["BackupPlan"]["Rules"][0]["ScheduleExpression"] = "cron(0 3 ? * SUN *)"

    (action,) = decide(builds.make(weekly), applied()).actions
    assert action.effect == "destructive"
    assert "runs less often" in action.reason


def test_a_renamed_rule_is_no_loss(builds: Any, applied: Any) -> None:
    """A rule that only changes its name protects as much as before."""

    def renamed(shape: dict[str, Any]) -> None:
        shape["plans"][0]["BackupPlan"]["Rules"][0]["RuleName"] = "nightly"

    (action,) = decide(builds.make(renamed), applied()).actions
    assert action.effect == "reversible"


def tagged(value: str) -> Any:
    """The selection takes `backup=value`."""

    def change(shape: dict[str, Any]) -> None:
        equals = shape["selections"][0]["BackupSelection"]["Conditions"]["StringEquals"]
        equals[0]["ConditionValue"] = value

    return change


def test_a_selection_is_replaced_and_never_just_deleted(builds: Any, applied: Any) -> None:
    """The new selection comes first, the deletion of the old one rests on it."""
    plan = decide(builds.make(tagged("silver")), applied())
    assert kinds(plan) == ["create-selection", "delete-selection"]
    create, delete = plan.actions
    assert create.id in delete.after_actions
    assert delete.effect == "destructive"
    assert delete.changes == ("StringEquals: aws:ResourceTag/backup gold → aws:ResourceTag/backup silver",)


def test_a_wider_selection_loses_nothing(builds: Any, applied: Any) -> None:
    """Dropping a condition takes more resources: deleting the old selection is then no loss."""

    def wider(shape: dict[str, Any]) -> None:
        del shape["selections"][0]["BackupSelection"]["Conditions"]

    plan = decide(builds.make(wider), applied())
    assert [(action.kind, action.effect) for action in plan.actions] == [
        ("create-selection", "reversible"),
        ("delete-selection", "reversible"),
    ]


def test_a_selection_under_its_second_name_is_the_wanted_one(builds: Any, applied: Any) -> None:
    """Where the service took the second name, nothing is to be done afterwards, and a later change finds it."""
    build = builds.make(tagged("silver"))
    create, _ = decide(build, applied()).actions
    observed = applied(tagged("silver"))
    plan = observed.places[PLACE].plans[0]
    body = {**plan.selections[0].body, "SelectionName": create.name_if_taken}
    renamed = replace(plan, selections=(replace(plan.selections[0], body=body),))
    observed = in_place(observed, plans=(renamed,))
    assert decide(build, observed).actions == ()
    later = decide(builds.make(), observed)
    assert kinds(later) == ["create-selection", "delete-selection"]
    assert later.actions[0].name_if_taken is None


def test_a_vault_key_cannot_change(builds: Any, applied: Any) -> None:
    """Another key for an existing vault is told as a conflict with both keys, not attempted."""

    def keyed(shape: dict[str, Any]) -> None:
        shape["vaults"][0]["EncryptionKeyArn"] = "arn:aws:kms:eu-central-1:$account:alias/new"

    old = "arn:aws:kms:eu-central-1:100000000010:key/old"
    new = {f"arn:aws:kms:eu-central-1:{ACCOUNT}:alias/new": "arn:aws:kms:eu-central-1:100000000010:key/new"}
    observed = in_place(in_vault(applied(), key_arn=old), keys=new)
    plan = decide(builds.make(keyed), observed)
    assert plan.actions == ()
    assert "key/old" in plan.conflicts[0].reason
    assert "key/new" in plan.conflicts[0].reason


def test_a_foreign_vault_is_not_overwritten(builds: Any, applied: Any) -> None:
    """A vault that somebody else made under the wanted name is left alone and told, unless it is handed over."""
    observed = in_vault(applied(), tags={}, lock=None)
    plan = decide(builds.make(), observed)
    assert plan.actions == ()
    assert "--adopt" in plan.conflicts[0].reason
    assert kinds(decide(builds.make(), observed, adopt=True)) == ["tag-resource", "put-vault-lock"]


def test_an_equal_foreign_thing_is_taken_over(builds: Any, applied: Any) -> None:
    """What is just as wanted becomes ours by a tag; nothing else is done to it."""
    observed = in_vault(applied(), tags={})
    plan = observed.places[PLACE].plans[0]
    observed = in_place(observed, plans=(replace(plan, tags={"team": "platform"}),))
    assert kinds(decide(builds.make(), observed)) == ["tag-resource", "tag-resource"]


def test_a_foreign_plan_is_a_conflict(builds: Any, applied: Any) -> None:
    """A second plan of the same name beside somebody else's would back up twice."""
    observed = applied()
    plan = observed.places[PLACE].plans[0]
    observed = in_place(observed, plans=(replace(plan, tags={}, selections=()),))
    decided = decide(builds.make(), observed)
    assert decided.actions == ()
    assert [conflict.kind for conflict in decided.conflicts] == ["plan"]


def test_a_second_plan_of_ours_goes(builds: Any, applied: Any) -> None:
    """Two plans of one name, both ours: the one that is as wanted stays, whichever is older."""
    observed = applied()
    kept = observed.places[PLACE].plans[0]
    older = replace(kept, id="older", body={**kept.body, "Rules": []}, created=kept.created - timedelta(days=1))
    plan = decide(builds.make(), in_place(observed, plans=(kept, older)))
    assert kinds(plan) == ["delete-selection", "delete-plan"]
    assert {action.plan_id for action in plan.actions} == {"older"}


def nothing(shape: dict[str, Any]) -> None:
    """The build wants nothing in the place."""
    for noun in [noun for noun in shape if noun != "region"]:
        shape[noun] = []


def test_what_no_policy_names_any_more_is_removed(builds: Any, applied: Any) -> None:
    """Selections, then the plan, then the empty vault; all of it destructive."""
    plan = decide(builds.make(nothing), applied())
    assert kinds(plan) == ["delete-selection", "delete-plan", "delete-vault"]
    assert {action.effect for action in plan.actions} == {"destructive"}


def test_a_vault_with_recovery_points_stays(builds: Any, applied: Any) -> None:
    """Nothing that holds backups is deleted; it is told as an orphan."""
    plan = decide(builds.make(nothing), in_vault(applied(), empty=False))
    assert kinds(plan) == ["delete-selection", "delete-plan"]
    assert [(orphan.kind, orphan.name) for orphan in plan.orphans] == [("vault", "primary")]


def test_an_unused_vault_stays_while_somebody_cannot_be_read(builds: Any, applied: Any) -> None:
    """An account that could not be read might copy into the vault."""
    build = builds.make(nothing, accounts=(ACCOUNT, "100000000011"))
    observed = replace(applied(), unread=(Unread("100000000011", None, "AccessDenied"),))
    assert "delete-vault" not in kinds(decide(build, observed))


def test_somebody_elses_things_are_never_touched(builds: Any, applied: Any) -> None:
    """Without our tag, a vault or plan that the build does not name is none of our business."""
    observed = in_vault(applied(), tags={"owner": "them"})
    plan = observed.places[PLACE].plans[0]
    observed = in_place(observed, plans=(replace(plan, tags={}),))
    decided = decide(builds.make(nothing), observed)
    assert (decided.actions, decided.orphans) == ((), ())


def test_places_that_the_build_forgot_are_shown_as_orphaned(builds: Any, applied: Any) -> None:
    """What is ours in an account that the build no longer names is told and left alone."""
    plan = decide(builds.make(accounts=("100000000011",)), applied())
    assert plan.actions == ()
    assert {(orphan.account, orphan.kind, orphan.name) for orphan in plan.orphans} == {
        (ACCOUNT, "vault", "primary"),
        (ACCOUNT, "plan", "gold"),
    }


def test_missing_prerequisites_are_named(builds: Any, model: Any) -> None:
    """A role, topic or key that does not exist is told with what needs it; one that could not be looked up is not."""

    def keyed(shape: dict[str, Any]) -> None:
        shape["vaults"][0]["EncryptionKeyArn"] = "arn:aws:kms:eu-central-1:$account:alias/acme"

    build = builds.make(keyed)
    wanted = build.wanted(*PLACE)
    gone: Any = {"keys": {reference: None for reference, _ in wanted.key_references()}}
    gone |= {
        "roles": {arn: "no" for arn, _ in wanted.roles()},
        "topics": {arn: "unknown" for arn, _ in wanted.topics()},
    }
    plan = decide(build, in_place(model.empty(build), **gone))
    assert [(item.kind, item.needed_by) for item in plan.missing] == [
        ("key", "vault primary"),
        ("role", "selection tier-gold of plan gold"),
    ]


def test_settings_are_merged_and_off_is_destructive(builds: Any, model: Any) -> None:
    """The whole map of opt-ins is sent, since AWS does not say whether it merges; opting out is a loss."""

    def opted(shape: dict[str, Any]) -> None:
        shape["region_settings"] = {"EBS": False, "S3": True}

    build = builds.make(opted, settings={"isCrossAccountBackupEnabled": "true"})
    observed = in_place(model.empty(build), opt_ins={"EBS": True, "S3": True, "RDS": False})
    actions = {action.kind: action for action in decide(build, observed).actions}
    assert actions["update-region-settings"].after == {"EBS": False, "S3": True, "RDS": False}
    assert actions["update-region-settings"].effect == "destructive"
    assert actions["update-global-settings"].after == {"isCrossAccountBackupEnabled": "true"}


def test_an_unread_place_is_left_alone(builds: Any, model: Any) -> None:
    """No action for a place that could not be read, and the failure is told."""
    build = builds.make()
    observed = Observed(model.now, {}, None, (Unread(ACCOUNT, None, "AccessDenied"),))
    plan = decide(build, observed)
    assert plan.actions == ()
    assert [(item.account, item.named) for item in plan.unreadable] == [(ACCOUNT, True)]


def test_tags_of_others_stay(builds: Any, applied: Any) -> None:
    """A tag that somebody put on a vault of ours is not taken off; one of ours that was changed is set again."""
    observed = in_vault(applied(), tags={"team": "other", "cost": "42", OWNER_TAG: ORGANIZATION})
    (action,) = decide(builds.make(), observed).actions
    assert action.kind == "tag-resource"
    assert (action.set, action.remove) == ({"team": "platform"}, ())


def test_a_lost_policy_statement_is_destructive(builds: Any, applied: Any) -> None:
    """Access policies are compared as values, and losing a statement asks for a yes."""

    def another(shape: dict[str, Any]) -> None:
        shape["vault_access_policies"][0]["Policy"]["Statement"][0]["Action"] = ["backup:DescribeBackupVault"]

    (action,) = decide(builds.make(another), applied()).actions
    assert (action.kind, action.effect) == ("put-vault-policy", "destructive")
    assert len(action.changes) == 2


def test_the_plan_survives_its_file(builds: Any, model: Any) -> None:
    """plan.json is read back as the same plan, whatever is in it."""
    plan = decide(builds.make(), model.empty(builds.make()))
    assert ChangePlan.model_validate_json(plan.model_dump_json()) == plan


def test_observed_digest_ignores_the_time(builds: Any, applied: Any, model: Any) -> None:
    """Looking again an hour later at the same things gives the same digest; a changed thing does not."""
    observed = applied()
    assert replace(observed, now=model.now + timedelta(hours=1)).digest() == observed.digest()
    assert in_vault(observed, lock=None).digest() != observed.digest()
