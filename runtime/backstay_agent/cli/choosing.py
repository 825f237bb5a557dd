"""What `audit` and `run` do alike: choose controls, and set their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backstay_agent.cli.exits import USAGE, leave

if TYPE_CHECKING:
    from backstay_agent.controls.control import Control
    from backstay_agent.controls.parameters import Parameters


def choose_controls(
    wanted: Sequence[str], settings: Sequence[str]
) -> tuple[tuple[Control[Any], ...], Mapping[str, Parameters]]:
    """The controls of those names (none: all) with their parameters; leaves with 2 at what does not exist."""
    from backstay_agent.controls import parameters, registry

    every = registry.controls()
    known = [control.name for control in every]
    try:
        names = parameters.choose(known, wanted)
        return tuple(control for control in every if control.name in names), parameters.read(known, settings)
    except parameters.ParameterError as error:
        leave(USAGE, f"error: {error}")
