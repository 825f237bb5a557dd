"""Many places at a time: each Region has its share, a slow one keeps to it, and a failure ends it all."""

from __future__ import annotations

import threading

import pytest

from backstay_agent.once import Once
from backstay_agent.side_by_side import side_by_side

REGIONS = ("eu-central-1", "eu-west-1", "eu-west-3", "us-east-1")
PLACES = [(str(account), region) for account in range(30) for region in REGIONS]


def test_a_region_that_hangs_holds_no_other_up() -> None:
    """All others are done while it has not answered once."""
    hanging, done = threading.Event(), []

    def read(account: str, region: str) -> str:
        if region == "eu-west-3":
            assert hanging.wait(30)
        return account

    for place, _ in side_by_side(PLACES, read, 16):
        done.append(place)
        if len(done) == len(PLACES) * 3 // 4:
            assert "eu-west-3" not in {region for _, region in done}
            hanging.set()
    assert sorted(done) == sorted(PLACES)


def test_no_more_threads_than_were_asked_for() -> None:
    """The shares of all Regions together are the whole."""
    lock, running, most = threading.Lock(), [0], [0]

    def read(_account: str, _region: str) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.001)
        with lock:
            running[0] -= 1

    assert len(list(side_by_side(PLACES, read, 8))) == len(PLACES)
    assert most[0] <= 8


def test_what_has_not_begun_is_left_when_one_raises() -> None:
    """Nobody waits for hundreds of accounts after it is clear that nothing can be done."""
    begun = []

    def read(account: str, region: str) -> None:
        begun.append((account, region))
        threading.Event().wait(0.005)
        raise RuntimeError("the clock is wrong")

    with pytest.raises(RuntimeError):
        list(side_by_side(PLACES * 50, read, 4))
    assert len(begun) < len(PLACES) * 50


def test_what_many_ask_at_once_is_found_out_once() -> None:
    """Who asks meanwhile waits for the answer; an answer that is not for all, and a failure, are found out again."""
    once: Once[int] = Once()
    found: list[int] = []

    def find() -> int:
        found.append(1)
        threading.Event().wait(0.01)
        return len(found)

    threads = [threading.Thread(target=once.get, args=("role", find)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1]
    assert [once.get("topic", find, lambda _: False) for _ in range(2)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        once.get("key", lambda: 1 // 0)
    assert once.get("key", find) == 4
