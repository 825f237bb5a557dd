"""The agenda: an account at a time, what is ready only, and an account that has begun before another one."""

from __future__ import annotations

from backstay_agent.agenda import Agenda
from backstay_contract.plan import CreateVault


def vault(name: str, account: str, *needs: str) -> CreateVault:
    """An action that rests on others."""
    return CreateVault(
        id=name,
        account=account * 12,
        region="r",
        name=name,
        reason="",
        key=None,
        tags={},
        token=name,
        after_actions=needs,
    )


def test_an_account_does_one_thing_at_a_time() -> None:
    """Two hands get actions of two accounts, and nothing more until one has ended."""
    agenda = Agenda([vault("a", "1"), vault("b", "1"), vault("c", "2")])
    first, second = agenda.take(), agenda.take()
    assert first is not None
    assert second is not None
    assert ({first.name, second.name}, agenda.take()) == ({"a", "c"}, None)


def test_what_has_begun_goes_on_before_another_account_begins() -> None:
    """With one hand, an account is finished first."""
    agenda, order = Agenda([vault("a", "1"), vault("c", "2"), vault("b", "1"), vault("d", "2")]), []
    while (action := agenda.take()) is not None:
        order.append(action.name)
        agenda.settle(action)
    assert (order, agenda.done) == (["a", "b", "c", "d"], True)


def test_what_rests_on_another_account_waits_for_it() -> None:
    """Though its own account is free."""
    agenda = Agenda([vault("a", "1"), vault("b", "2", "a")])
    first = agenda.take()
    assert first is not None
    assert (first.name, agenda.take(), agenda.done) == ("a", None, False)
    agenda.settle(first)
    second = agenda.take()
    assert second is not None
    assert second.name == "b"
