"""All controls, found by looking into `checks/`: a control is one file there that says `CONTROL = Control(...)`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from backstay_agent.controls import checks
from backstay_agent.controls.control import Control
from backstay_aws import catalog


@cache
def controls() -> tuple[Control[Any], ...]:
    """Every control: AWS's in the order of the catalogue, then our own by name."""
    order = {row.name: position for position, row in enumerate(catalog.controls())}
    found = (import_module(f"{checks.__name__}.{module.name}").CONTROL for module in iter_modules(checks.__path__))
    return tuple(sorted(found, key=lambda control: (order.get(control.name, len(order)), control.name)))
