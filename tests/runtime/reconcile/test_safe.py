"""What may be done without asking: only what can be taken back, and nothing that rests on what may not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.reconcile.safe import part
from backstay_contract.plan import Action, ChangePlan, CreateVault, DeleteVault, PutVaultLock, Scope

ACCOUNT, REGION = "100000000010", "eu-west-1"


def plan(*actions: Action) -> ChangePlan:
    """A plan of these actions."""
    return ChangePlan(
        id="p", build="b", observed="o", at="2026-11-22T00:00:00+00:00", organization="o-1", accounts=1,
        scope=Scope(folder="build"), actions=actions,
    )  # fmt: skip


def action(number: int, effect: str, needs: list[int]) -> Action:
    """An action of that effect, which rests on others."""
    place = {"account": ACCOUNT, "region": REGION, "name": f"v{number}", "reason": "r", "id": f"a{number}"}
    after = {"after_actions": tuple(f"a{one}" for one in needs)}
    if effect == "destructive":
        return DeleteVault(**place, **after)
    if effect == "irreversible":
        return PutVaultLock(**place, **after, effect="irreversible", after={"ChangeableForDays": 3})
    return CreateVault(**place, **after, key=None, tags={}, token="t")


@given(
    st.lists(
        st.tuples(st.sampled_from(["reversible", "destructive", "irreversible"]), st.sets(st.integers(0, 11))),
        max_size=12,
    )
)
def test_nothing_that_waits_is_done_nor_what_rests_on_it(several: list[tuple[str, set[int]]]) -> None:
    """Whatever an action rests on is done before it, or it waits as well."""
    actions = [
        action(number, effect, sorted(one for one in needs if one < number))
        for number, (effect, needs) in enumerate(several)
    ]
    parted = part(plan(*actions))
    done = {one.id for one in parted.safe.actions}
    assert all(one.effect == "reversible" for one in parted.safe.actions)
    assert all(set(one.after_actions) <= done for one in parted.safe.actions)
    assert done | {one.id for one in parted.waiting} == {one.id for one in actions}
    assert all(one.effect != "reversible" or set(one.after_actions) - done for one in parted.waiting)
