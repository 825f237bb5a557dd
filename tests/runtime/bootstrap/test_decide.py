"""What is decided, for every organization that there may be and every wish."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backstay_agent import normal
from backstay_agent.bootstrap import delegation, show
from backstay_agent.bootstrap.decide import decide
from backstay_agent.bootstrap.seen import Seen, SeenRole, SeenSet, Unreadable
from backstay_agent.bootstrap.template import wanted_sets
from backstay_agent.bootstrap.wish import STACK_SETS, Wish, agent_role, service_role, trust_in
from backstay_contract.bootstrap import (
    CreateRole,
    CreateStackSet,
    DeployStackSet,
    EnableAllFeatures,
    PutDelegation,
    SetGlobalSettings,
    UpdateRole,
    UpdateStackSet,
)

MANAGEMENT, CENTRAL, PAYMENTS, RISK = "100000000001", "100000000002", "100000000010", "100000000011"
MEMBERS = (CENTRAL, PAYMENTS, RISK)
BACKUP = "backup.amazonaws.com"
ORGANIZATION, ROOT, UNIT = "o-acme0001", "r-acme", "ou-acme-prod0001"
ANYONE = trust_in({"AWS": "*"})
OTHERS = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Theirs", "Effect": "Allow", "Action": "x:Y", "Resource": "*"}],
}
DENIED = Unreadable("AccessDeniedException from X: no")


def _seen(**changes: Any) -> Seen:
    """An organization in which nothing is prepared."""
    bare = Seen(
        at=datetime(2026, 11, 22, 10, 51, tzinfo=UTC),
        region="eu-central-1",
        caller=MANAGEMENT,
        organization=ORGANIZATION,
        management=MANAGEMENT,
        features="all",
        root=ROOT,
        policy_type=False,
        trusted=frozenset(),
        administrators={},
        delegation=None,
        settings={"isCrossAccountBackupEnabled": "false", "isDelegatedAdministratorEnabled": "false"},
        accounts={one: f"account {one}" for one in (MANAGEMENT, *MEMBERS)},
        every=frozenset((MANAGEMENT, *MEMBERS)),
        roles={MANAGEMENT: {}},
    )
    return replace(bare, **changes)


@cache
def _roles(account: str) -> st.SearchStrategy[Any]:
    """The roles of an account: none, right ones, wrong ones, or not to be seen."""
    agent, service = agent_role(Wish(), "aws", account, MANAGEMENT), service_role("aws")
    right = SeenRole("backstay-agent", agent.trust, normal.policy(agent.permissions or {}))
    agents = st.sampled_from(
        [
            None,
            right,
            replace(right, trust=ANYONE),
            replace(right, permissions=None),
            replace(right, path_and_name="old/backstay-agent"),
            replace(right, boundary=f"arn:aws:iam::{account}:policy/limit"),
        ]
    )
    made = SeenRole(service.path_and_name, service.trust, None, frozenset(service.attach))
    services = st.sampled_from(
        [None, made, replace(made, trust=ANYONE), replace(made, attached=frozenset(service.attach[:1]))]
    )
    both = st.builds(
        lambda one, two: {
            name: role
            for name, role in (("backstay-agent", one), ("AWSBackupDefaultServiceRole", two))
            if role is not None
        },
        agents,
        services,
    )
    return st.one_of(both, st.just(DENIED))


def _sets(wish: Wish, reached: tuple[str, ...]) -> st.SearchStrategy[Any]:
    def one(wanted: Any) -> st.SearchStrategy[Any]:
        there = st.builds(
            SeenSet,
            name=st.just(wanted.name),
            template=st.sampled_from([wanted.template, {}]),
            parameters=st.sampled_from([wanted.parameters, {}]),
            automatic=st.booleans(),
            service_managed=st.sampled_from([True, True, True, False]),
            units=st.sampled_from([frozenset(), frozenset({ROOT}), frozenset({UNIT})]),
            stacks=st.dictionaries(st.sampled_from(MEMBERS), st.booleans()),
        )
        return st.one_of(st.none(), there)

    every = wanted_sets(wish, "aws", MANAGEMENT)
    return st.tuples(*map(one, every)).map(lambda found: {it.name: it for it in found if it is not None})


@st.composite
def _cases(draw: Any) -> tuple[Wish, Seen]:
    via = draw(st.sampled_from(["direct", "stackset"]))
    wish = Wish(
        via=via,
        external_id=draw(st.sampled_from([None, "s3cret"])),
        boundary=draw(st.sampled_from([None, "ops/limit"])),
        trust=draw(st.sampled_from([None, f"arn:aws:iam::{CENTRAL}:role/pipeline"])),
        locks=draw(st.booleans()),
        service_role=draw(st.booleans()),
        delegate=draw(st.sampled_from([None, CENTRAL])),
        cross_account=draw(st.booleans()),
        units=draw(st.sampled_from([(), (UNIT,)])) if via == "stackset" else (),
    )
    wish = replace(wish, delegate_stack_sets=wish.delegate is not None and draw(st.booleans()))
    looked = (MANAGEMENT, *MEMBERS) if via == "direct" else (MANAGEMENT,)
    services = st.sampled_from([BACKUP, STACK_SETS])
    reached = draw(st.sampled_from([MEMBERS, (PAYMENTS,), ()])) if via == "stackset" else ()
    seen = _seen(
        caller=draw(st.sampled_from([MANAGEMENT, MANAGEMENT, CENTRAL])),
        features=draw(st.sampled_from(["all", "all", "all", "asked", "billing"])),
        policy_type=draw(st.booleans()),
        trusted=draw(st.one_of(st.frozensets(services), st.just(DENIED))),
        administrators=draw(
            st.one_of(st.dictionaries(services, st.sampled_from([(), (CENTRAL,), (RISK,)])), st.just(DENIED))
        ),
        delegation=draw(st.sampled_from([None, OTHERS, DENIED])),
        settings=draw(
            st.one_of(
                st.fixed_dictionaries({"isCrossAccountBackupEnabled": st.sampled_from(["true", "false"])}),
                st.just(DENIED),
            )
        ),
        roles={account: draw(_roles(account)) for account in looked},
        stack_sets=draw(st.one_of(_sets(wish, reached), st.just(DENIED))) if via == "stackset" else {},
        reached=reached,
    )
    return wish, seen


@settings(max_examples=60, deadline=None)
@given(_cases())
def test_what_was_decided_is_enough(perform: Any, case: tuple[Wish, Seen]) -> None:
    """Whatever was there: when the steps are done there is nothing to do, and what no step can mend is told again."""
    wish, seen = case
    first = decide(wish, seen)
    again = decide(wish, perform(seen, first.steps))
    if any(isinstance(step, EnableAllFeatures) for step in first.steps):
        again = decide(wish, perform(perform(seen, first.steps), again.steps))
    else:
        assert again.hindrances == first.hindrances
    assert again.steps == ()


@settings(max_examples=40, deadline=None)
@given(_cases(), st.data())
def test_whatever_was_done_before_a_kill_the_rest_leads_to_the_same(
    perform: Any, case: tuple[Wish, Seen], data: st.DataObject
) -> None:
    """After any number of steps a new decision goes on to the same end."""
    wish, seen = case
    assume(seen.features != "billing")
    steps = decide(wish, seen).steps
    done = data.draw(st.integers(0, len(steps)))
    begun = perform(seen, steps[:done])
    assert perform(begun, decide(wish, begun).steps) == perform(seen, steps)


@settings(max_examples=40, deadline=None)
@given(_cases())
def test_steps_stand_in_their_order(case: tuple[Wish, Seen]) -> None:
    """Ids are unique, what a step rests on comes before it, and the same case has the same ids."""
    wish, seen = case
    told = decide(wish, seen)
    ids = [step.id for step in told.steps]
    assert len(ids) == len(set(ids))
    for number, step in enumerate(told.steps):
        assert set(step.after_steps) <= set(ids[:number])
    assert decide(wish, seen) == told


@settings(max_examples=40, deadline=None)
@given(_cases())
def test_only_the_management_account_changes_the_organization(case: tuple[Wish, Seen]) -> None:
    """From elsewhere there are steps for roles and stack sets alone; the others are told as hindrances."""
    wish, seen = case
    told = decide(wish, seen)
    if seen.caller != MANAGEMENT:
        allowed = CreateRole | UpdateRole | CreateStackSet | UpdateStackSet | DeployStackSet
        assert all(isinstance(step, allowed) for step in told.steps)


@settings(max_examples=60, deadline=None)
@given(_cases())
def test_everything_is_shown(case: tuple[Wish, Seen]) -> None:
    """Every step's object and every hindrance's reason stand in the text."""
    wish, seen = case
    told = decide(wish, seen)
    text = show.plan(told, detail=True)
    for step in told.steps:
        assert step.reason in text
    for hindrance in told.hindrances:
        assert hindrance.reason in text
    if not told.steps and not told.hindrances:
        assert text == "Nothing to do: everything is prepared.\n"


def test_nothing_but_the_wish_is_set() -> None:
    """Without a delegate and without copies between accounts no setting is touched and no policy is put."""
    told = decide(Wish(delegate=None, cross_account=False), _seen())
    assert not [step for step in told.steps if isinstance(step, PutDelegation | SetGlobalSettings)]


def test_the_delegation_is_the_least() -> None:
    """No switching of policy types, no tree, no other policy type, no other principal."""
    ours = delegation.statements("aws-us-gov", ORGANIZATION, MANAGEMENT, CENTRAL)
    actions = {action for one in ours for action in one["Action"]}
    assert not actions & {
        "organizations:EnablePolicyType",
        "organizations:DisablePolicyType",
        "organizations:PutResourcePolicy",
        "organizations:*",
    }
    for one in ours:
        assert one["Principal"] == {"AWS": f"arn:aws-us-gov:iam::{CENTRAL}:root"}
        narrowed = one.get("Condition") == {"StringEquals": {"organizations:PolicyType": "BACKUP_POLICY"}}
        assert narrowed or all("/backup_policy/" in resource for resource in one["Resource"])


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("eu-west-1", "aws")]
)
def test_every_arn_is_of_the_partition(region: str, partition: str) -> None:
    """Roles, policies, delegation and templates name the partition that they are in, and no other."""
    for via in ("direct", "stackset"):
        wish = Wish(via=via, delegate=CENTRAL, boundary="limit")  # type: ignore[arg-type]
        told = decide(wish, _seen(region=region, roles={RISK: {}}, reached=(RISK,)))
        text = told.model_dump_json()
        assert f"arn:{partition}:iam::" in text
        others = {"arn:aws:", "arn:aws-us-gov:", "arn:aws-cn:"} - {f"arn:{partition}:"}
        assert not [one for one in others if one in text]


def test_an_unapproved_kind_of_step_is_marked() -> None:
    """All features are for ever: the step says so and waits for its approval by id; the rest waits for the accounts."""
    told = decide(Wish(), _seen(features="billing"))
    [step] = [one for one in told.steps if one.effect == "irreversible"]
    assert f"--approve {step.id}" in show.plan(told)
    assert [one.what for one in told.hindrances] == ["what rests on all features"]


def test_equal_steps_are_told_once() -> None:
    """Two hundred accounts that lack a role are one line with three names."""
    every = {f"{200_000_000_000 + number}": {} for number in range(200)}
    text = show.plan(decide(Wish(), _seen(roles=every, accounts=dict.fromkeys(every, "x"))))
    assert "in 200 accounts: x (200000000000), x (200000000001), x (200000000002) and 197 more" in text
    assert len(text.splitlines()) < 20
