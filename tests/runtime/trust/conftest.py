"""The hands of the programme, started once for all its tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.runtime.trust.pool import Pool, pool


@pytest.fixture(scope="session")
def hands() -> Iterator[Pool]:
    """A hand for each processor."""
    with pool(os.cpu_count() or 1) as hired:
        yield hired
