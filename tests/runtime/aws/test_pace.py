"""Pace and circuit: a place that throttles is asked more slowly, a silent Region not at all, others as before."""

from __future__ import annotations

import threading

from backstay_agent.aws import Timing
from backstay_agent.aws.circuit import ACCOUNTS, IN_A_ROW, REST, Circuit
from backstay_agent.aws.pace import Pace, Window

HERE, THERE = ("1", "eu-west-1", "backup"), ("2", "eu-west-1", "backup")


def test_throttling_halves_a_window_once_and_good_answers_widen_it_slowly() -> None:
    """As TCP does it: a storm of refusals that belong together is one piece of news."""
    window = Window(size=16.0, sent=16)
    for number in range(1, 17):
        window.was_throttled(number)
    assert window.size == 8.0
    for _ in range(8):
        window.went_well()
    assert 8.9 < window.size < 9.1
    window.sent = 20
    for number in (17, 18):
        window.was_throttled(number)
    assert 4.4 < window.size < 4.6


def test_a_window_never_closes_and_never_grows_beyond_its_bound() -> None:
    """One call at a time is always allowed."""
    window = Window()
    for number in range(1, 100):
        window.sent = number
        window.was_throttled(number)
    assert window.size == 1.0
    for _ in range(10_000):
        window.went_well()
    assert window.size == 32.0


def test_only_the_place_that_throttles_is_slowed_down() -> None:
    """Limits belong to an account, a Region and a service."""
    pace = Pace()
    for _ in range(5):
        with pace.turn(HERE) as turn:
            turn.was_throttled()
    with pace.turn(THERE) as turn:
        turn.went_well()
    assert (pace.size(HERE), pace.size(THERE)) == (1, 8)


def test_no_more_calls_than_the_bound_are_under_way() -> None:
    """The bound of the whole process holds whatever the places could bear."""
    pace, most, running, lock = Pace(most=3), [0], [0], threading.Lock()

    def call(account: str) -> None:
        with pace.turn((account, "eu-west-1", "backup")):
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            threading.Event().wait(0.002)
            with lock:
                running[0] -= 1

    threads = [threading.Thread(target=call, args=(str(number),)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [3]


def test_a_silent_service_is_left_alone_then_one_caller_looks() -> None:
    """After enough silence in enough accounts nobody asks; after the rest one does, and an answer ends it."""
    now = [0.0]
    circuit, place = Circuit(Timing(monotonic=lambda: now[0])), ("eu-west-3", "backup")
    for number in range(IN_A_ROW):
        assert circuit.dead(place) is None
        circuit.silent(place, str(number % ACCOUNTS), "ConnectTimeoutError")
    assert "backup does not answer in eu-west-3" in (circuit.dead(place) or "")
    assert circuit.dead(("eu-west-1", "backup")) is None
    now[0] = REST
    assert [circuit.dead(place) is None for _ in range(3)] == [True, False, False]
    circuit.answered(place)
    assert circuit.dead(place) is None


def test_where_one_service_is_silent_another_is_soon_left_alone_too() -> None:
    """Two attempts are enough in a Region that seems to be down; in other Regions they are not."""
    circuit = Circuit(Timing(monotonic=lambda: 0.0))
    for number in range(IN_A_ROW):
        circuit.silent(("eu-west-3", "backup"), str(number), "ConnectTimeoutError")
    for region in ("eu-west-3", "eu-west-1"):
        for _ in range(2):
            circuit.silent((region, "kms"), "1", "ConnectTimeoutError")
    assert circuit.dead(("eu-west-3", "kms"))
    assert circuit.dead(("eu-west-1", "kms")) is None


def test_one_account_alone_closes_no_region() -> None:
    """What fails in an account stays its own."""
    circuit, place = Circuit(Timing(monotonic=lambda: 0.0)), ("eu-west-3", "backup")
    for _ in range(10 * IN_A_ROW):
        circuit.silent(place, "100000000010", "InternalFailure")
    assert circuit.dead(place) is None


def test_an_answer_in_between_starts_the_count_anew() -> None:
    """A Region that is only unsteady is asked on."""
    circuit, place = Circuit(Timing(monotonic=lambda: 0.0)), ("eu-west-3", "backup")
    for _ in range(5):
        for number in range(IN_A_ROW - 1):
            circuit.silent(place, str(number), "ReadTimeoutError")
        circuit.answered(place)
    assert circuit.dead(place) is None
