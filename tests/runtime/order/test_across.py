"""The order across accounts, and the proof of it: every admissible interleaving keeps protection up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstay_agent import order, simulate
from backstay_agent.agenda import Agenda
from backstay_agent.observed import Observed
from backstay_agent.planner import OrderError, plan_changes, proved
from backstay_agent.planner.protection import lowered, refute
from backstay_agent.wanted import Build, build_of
from backstay_contract.build import BuildIndex, Shape
from backstay_contract.canonical import digest
from backstay_contract.plan import ChangePlan, Scope

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CENTRAL, MEMBER, OTHER, REGION = "100000000002", "100000000010", "100000000011", "eu-central-1"
ACCOUNTS = (CENTRAL, MEMBER, OTHER)
FAR = f"arn:aws:backup:{REGION}:{CENTRAL}:backup-vault:central"
MAY_COPY = {"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}


def rule(name: str = "daily", vault: str = "near", keep: int = 30, *copies: str) -> dict[str, Any]:
    """A rule that runs every day."""
    return {
        "RuleName": name,
        "TargetBackupVaultName": vault,
        "ScheduleExpression": "cron(0 3 ? * * *)",
        "Lifecycle": {"DeleteAfterDays": keep},
        "CopyActions": [{"DestinationBackupVaultArn": arn} for arn in copies],
    }


def shape(**parts: Any) -> dict[str, Any]:
    """A shape of plans (name → rules), vaults, locks and policies."""
    plans = [
        {"BackupPlan": {"BackupPlanName": name, "Rules": rules}}
        for name, rules in sorted(parts.get("plans", {}).items())
    ]
    select = {"SelectionName": "all", "IamRoleArn": "arn:aws:iam::$account:role/backup", "Resources": ["*"]}
    return Shape.model_validate(
        {
            "region": REGION,
            "plans": plans,
            "selections": [
                {"BackupPlanName": one["BackupPlan"]["BackupPlanName"], "BackupSelection": select} for one in plans
            ],
            "vaults": [{"BackupVaultName": name} for name in sorted(parts.get("vaults", ()))],
            "vault_locks": [{"BackupVaultName": name, **lock} for name, lock in sorted(parts.get("locks", {}).items())],
            "vault_access_policies": [
                {"BackupVaultName": name, "Policy": {"Version": "2012-10-17", "Statement": [MAY_COPY]}}
                for name in sorted(parts.get("policies", ()))
            ],
        }
    ).document()


def build(*shapes: dict[str, Any], **options: Any) -> Build:
    """A build that gives the three accounts a shape each."""
    accounts = {
        account: {"name": account, "unit": "", "regions": {REGION: digest(one)}}
        for account, one in zip(ACCOUNTS, shapes, strict=True)
    }
    about = {"id": "o-acme0001", "management_account": "100000000001"}
    return build_of(
        BuildIndex.model_validate({"organization": about, "policies": [], "accounts": accounts, **options}), shapes
    )


def decide(wish: Build, observed: Observed) -> ChangePlan:
    """The plan for a build, given what was observed."""
    return plan_changes(wish, observed, Scope(folder="build"))


def after(model: Any, old: Build) -> Observed:
    """What is there once a build was applied to nothing."""
    return model.apply(model.empty(old), decide(old, model.empty(old)).actions)  # type: ignore[no-any-return]


def only(plan: ChangePlan, kind: str, account: str = MEMBER, name: str | None = None) -> Any:
    """The one action of a kind in an account."""
    (found,) = (one for one in plan.actions if (one.kind, one.account) == (kind, account) and name in (None, one.name))
    return found


def test_a_plan_rests_on_the_central_vault_that_it_copies_into(model: Any) -> None:
    """On its creation, its policy and the organization's setting; a plan that copies nowhere rests on none of that."""
    central = shape(vaults=["central"], policies=["central"])
    copying = shape(vaults=["near"], plans={"alpha": [rule("daily", "near", 30, FAR)]})
    plain = shape(vaults=["near"], plans={"alpha": [rule()]})
    wish = build(central, copying, plain, global_settings={"isCrossAccountBackupEnabled": "true"})
    plan = decide(wish, model.empty(wish))
    far = {only(plan, kind, CENTRAL).id for kind in ("create-vault", "put-vault-policy")}
    setting = only(plan, "update-global-settings", "100000000001")
    assert {*far, setting.id} <= set(only(plan, "create-plan", MEMBER).after_actions)
    assert only(plan, "create-plan", OTHER).after_actions == (only(plan, "create-vault", OTHER).id,)


def test_a_lock_waits_until_the_rules_keep_within_its_band(model: Any) -> None:
    """A rule that would fail under the lock is adapted first, in whatever account; else the lock holds nobody up."""
    copying = {"alpha": [rule("daily", "near", 90, FAR)]}
    old = build(shape(vaults=["central"], policies=["central"]), shape(vaults=["near"], plans=copying), shape())
    within = {"alpha": [rule("daily", "near", 30, FAR)]}
    locked = shape(
        vaults=["central"], policies=["central"], locks={"central": {"MaxRetentionDays": 60, "ChangeableForDays": 3}}
    )
    plan = decide(build(locked, shape(vaults=["near"], plans=within), shape()), after(model, old))
    lock, update = only(plan, "put-vault-lock", CENTRAL), only(plan, "update-plan")
    assert (lock.after_actions, update.effect) == ((update.id,), "destructive")
    assert plan.actions.index(update) < plan.actions.index(lock)


def test_a_rule_leaves_a_locked_vault_only_for_a_locked_one(model: Any) -> None:
    """Its new vault is locked before it moves; where that is not to be locked, the move is told as a loss."""
    band = {"MinRetentionDays": 7}
    old = build(shape(), shape(vaults=["near"], locks={"near": band}, plans={"alpha": [rule()]}), shape())
    moved = {"alpha": [rule("daily", "new")]}
    both = {"near": band, "new": band}
    plan = decide(build(shape(), shape(vaults=["near", "new"], locks=both, plans=moved), shape()), after(model, old))
    update = only(plan, "update-plan")
    assert (update.effect, only(plan, "put-vault-lock").id in update.after_actions) == ("reversible", True)
    plan = decide(
        build(shape(), shape(vaults=["near", "new"], locks={"near": band}, plans=moved), shape()), after(model, old)
    )
    update = only(plan, "update-plan")
    assert update.effect == "destructive"
    assert "goes into new, which is not locked as well as near" in update.reason


def test_locks_come_after_all_that_is_done_to_their_plans(model: Any) -> None:
    """A central lock is the last thing of its vault, but a plan that fails elsewhere does not keep it open."""
    locked = shape(vaults=["central"], policies=["central"], locks={"central": {"MinRetentionDays": 7}})
    copying = shape(vaults=["near"], plans={"alpha": [rule("daily", "near", 30, FAR)]})
    wish = build(locked, copying, copying)
    plan = decide(wish, model.empty(wish))
    lock = only(plan, "put-vault-lock", CENTRAL)
    plans = {only(plan, "create-plan", account).id for account in (MEMBER, OTHER)}
    assert plans == order.waits(plan.actions)[lock.id]
    assert not plans & set(lock.after_actions)


def test_every_kind_of_action_has_its_row() -> None:
    """An action without a row would have no place in the order."""
    from typing import get_args

    from backstay_contract.plan import Action

    kinds = {one.model_fields["kind"].default for one in get_args(get_args(Action)[0])}
    assert kinds == {kind for kind, _ in order.ROWS}


VAULTS, LOCKS = ("far", "near"), ({}, {"MinRetentionDays": 7}, {"MinRetentionDays": 7, "MaxRetentionDays": 60})
FINAL = {"MinRetentionDays": 7, "MaxRetentionDays": 60, "ChangeableForDays": 3}


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, Any]:
    """Two vaults, locked or not, two plans that keep within or without their bands, copy or not."""
    vaults = draw(st.sets(st.sampled_from(VAULTS), min_size=1))
    found = {name: draw(st.sampled_from((*LOCKS, FINAL))) for name in sorted(vaults)}
    plans = {
        name: [
            rule(
                f"rule-{number}",
                draw(st.sampled_from(sorted(vaults))),
                draw(st.sampled_from([3, 30, 90])),
                *draw(st.sampled_from([(), (FAR,)])),
            )
            for number in range(draw(st.integers(1, 2)))
        ]
        for name in draw(st.sets(st.sampled_from(["alpha", "beta"])))
    }
    return shape(vaults=vaults, locks={name: lock for name, lock in found.items() if lock}, plans=plans)


centrals = st.sampled_from(
    [
        shape(),
        shape(vaults=["central"], policies=["central"]),
        shape(vaults=["central"], locks={"central": LOCKS[2]}),
        shape(vaults=["central"], policies=["central"], locks={"central": FINAL}),
    ]
)
builds = st.builds(build, centrals, shapes(), shapes())


@settings(max_examples=25, deadline=None)
@given(builds, builds, st.randoms(use_true_random=False), st.data())
def test_no_interleaving_lowers_protection(
    model: Any, old: Build, new: Build, chance: Any, data: st.DataObject
) -> None:
    """Accounts side by side in any rhythm, with one action failing: no reversible step ever takes anything away."""
    observed = after(model, old)
    actions = decide(new, observed).actions
    failing = data.draw(st.sampled_from(["", *(action.id for action in actions)]))
    agenda, undone, running = Agenda(actions), set[str](), []
    while not agenda.done:
        action = agenda.take() if chance.random() < 0.6 or not running else None
        if action is not None:
            running.append(action)
            continue
        ended = running.pop(chance.randrange(len(running)))
        if ended.id == failing or undone & set(ended.after_actions):
            undone.add(ended.id)
        elif (ended.account, ended.region) in observed.places:
            key = (ended.account, ended.region)
            place = simulate.perform_in(observed.places[key], ended, NOW)
            loss = lowered(observed.places[key], place, NOW)
            assert loss is None or ended.effect != "reversible", (ended, loss)
            observed = simulate.perform(observed, ended)
        agenda.settle(ended)


@settings(max_examples=25, deadline=None)
@given(builds, builds)
def test_what_plays_a_loss_down_is_refuted(model: Any, old: Build, new: Build) -> None:
    """A plan whose losses call themselves reversible never passes the proof, if its first loss is one for real."""
    observed = after(model, old)
    actions = decide(new, observed).actions
    assert refute(observed, actions) is None
    for number, action in enumerate(actions):
        state = model.apply(observed, actions[:number]).places.get((action.account, action.region))
        if action.effect == "destructive" and state is not None:
            if lowered(state, simulate.perform_in(state, action, NOW), NOW):
                quiet = [one.model_copy(update={"effect": "reversible"}) if one is action else one for one in actions]
                assert refute(observed, quiet) is not None
            return


def test_an_order_that_is_refuted_is_no_plan(model: Any) -> None:
    """Should the planner ever call a loss reversible, it gives no plan at all, and says which step it was."""
    old = build(shape(), shape(vaults=["near"], plans={"alpha": [rule(keep=90)]}), shape())
    new = build(shape(), shape(vaults=["near"], plans={"alpha": [rule(keep=30)]}), shape())
    observed = after(model, old)
    actions = decide(new, observed).actions
    assert proved(observed, actions) == actions
    with pytest.raises(OrderError, match="update-plan alpha would lower protection without saying so"):
        proved(observed, tuple(one.model_copy(update={"effect": "reversible"}) for one in actions))
