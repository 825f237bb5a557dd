"""Our controls beside Audit Manager's own evaluation on the same states: two readings, written apart."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.runtime.audit.truth import NAMES, Framework, World, differences, ours, spoken

ACCOUNT = "100000000010"


def _states(cloud: Any, builds: Any, seed: int, states: int) -> Counter[tuple[str, str]]:
    """Move on that often, and compare each time; gives what was agreed on."""
    world = World(cloud, ACCOUNT, seed)
    framework, aws, build = Framework(world), cloud.aws(), builds.make(accounts=())
    agreed: Counter[tuple[str, str]] = Counter()
    for number in range(states):
        world.move()
        theirs, mine = framework.says(), ours(world, aws, build)
        assert differences(theirs, mine) == [], f"state {number} of seed {seed}"
        agreed += spoken(theirs, mine)
    return agreed


def test_both_readings_agree(cloud: Any, builds: Any) -> None:
    """In eight states by chance nothing complies for one and not for the other, and both find something either way."""
    agreed = _states(cloud, builds, seed=1, states=8)
    assert {control for control, _ in agreed} >= set(NAMES) - {"RESTORE_TIME_FOR_RESOURCES_MEET_TARGET"}


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_both_readings_agree_in_many_states(cloud: Any, builds: Any, seed: int) -> None:
    """Twenty states each of ten worlds: two hundred in all."""
    agreed = _states(cloud, builds, seed, states=20)
    assert {status for _, status in agreed} == {"COMPLIANT", "NON_COMPLIANT"}
