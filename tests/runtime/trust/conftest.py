"""The hands of the programme, started once for all its tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.runtime.trust.pool import Pool, pool


@pytest.fixture(scope="session")
def hand() -> Iterator[Pool]:
    """One trial at a time, for a sample; the scenarios that it needs are made ready when they are asked for."""
    with pool(1) as hired:
        yield hired


@pytest.fixture(scope="session")
def hands() -> Iterator[Pool]:
    """Two trials for each processor, since agent and AWS wait for one another."""
    with pool(2 * (os.cpu_count() or 1)) as hired:
        yield hired
