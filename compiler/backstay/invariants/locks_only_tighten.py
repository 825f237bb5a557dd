"""No vault lock is loosened by a change; the changes that break it carry its name."""

from __future__ import annotations

from backstay.diff.change import LOCKS_ONLY_TIGHTEN
from backstay.invariants.invariant import Invariant

INVARIANT = Invariant(
    LOCKS_ONLY_TIGHTEN,
    "No vault's lock gets a weaker mode or a lower minimum; `backstay diff --fail-on` answers it, for two sides.",
    None,
)
