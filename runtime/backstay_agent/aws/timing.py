"""Time as retries and pacing know it: a clock that only goes forward, sleeping, and chance. Tests bring their own."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """`monotonic` and `sleep` in seconds; `chance` gives numbers from 0 up to 1; `wall` is this machine's own time."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    wall: Callable[[], float] = time.time
