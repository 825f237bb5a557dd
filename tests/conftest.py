"""How the property tests choose their examples, and the guard that stands before every test.

`make test` draws the same examples every time, so that a build fails for what changed and for nothing else;
`make test-long` draws new ones (BACKSTAY_EXAMPLES=new), and what it finds becomes an `@example` in the test.

Before every test stands a guard (`tests/guard`): the test fails when the agent sends what cannot be undone, unapproved.
"""

from __future__ import annotations

import os

from hypothesis import settings
from tests.guard.plugin import (
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_teardown,
    pytest_unconfigure,
)

__all__ = ["pytest_configure", "pytest_runtest_call", "pytest_runtest_teardown", "pytest_unconfigure"]

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("new", deadline=None, max_examples=300, print_blob=True)
settings.load_profile(os.environ.get("BACKSTAY_EXAMPLES", "same"))
