"""How the property tests choose their examples.

`make test` draws the same examples every time, so that a build fails for what changed and for nothing else;
`make test-long` draws new ones (BACKSTAY_EXAMPLES=new), and what it finds becomes an `@example` in the test.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("new", deadline=None, max_examples=300, print_blob=True)
settings.load_profile(os.environ.get("BACKSTAY_EXAMPLES", "same"))
