"""Loaded by every Python process that a test starts: it is watched as pytest itself is."""

import os
import sys

if "BACKSTAY_TESTS_GUARD" in os.environ:
    root = os.path.join(os.path.dirname(__file__), *[os.pardir] * 3)  # noqa: PTH118, PTH120 -- pathlib costs start-up
    sys.path.append(root)
    from tests.guard import watch

    sys.path.remove(root)
    sys.modules.pop("tests", None)  # somebody else's process may have a package of that name
    watch.install()
