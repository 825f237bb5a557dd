"""How often Python looks for garbage while time goes by.

2026-11-29: a day of a thousand jobs makes a hundred thousand rows, texts and lists that stay until they are written.
Python takes that for litter and looks through everything that lives, moto's state included: a sixth of a year's time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW = 50_000  # so many new objects before the young ones are looked through; Python's own is 700


@contextmanager
def seldom() -> Iterator[None]:
    """Within this, Python looks for garbage after many more new objects than before, if it does at all."""
    before = gc.get_threshold()
    if 0 < before[0] < _NEW:  # 0: never
        gc.set_threshold(_NEW, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
