"""The eleven controls, each in a file of its own; adding one is one file, one row here, and one in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import (
    air_gapped,
    cross_account,
    cross_region,
    last_point,
    manual_deletion,
    plan_frequency,
    point_encrypted,
    point_retention,
    protected_by_plan,
    restore_time,
    vault_lock,
)
from .control import Evaluator

_EVERY: tuple[Evaluator, ...] = (
    protected_by_plan.CONTROL,
    plan_frequency.CONTROL,
    manual_deletion.CONTROL,
    point_encrypted.CONTROL,
    point_retention.CONTROL,
    cross_region.CONTROL,
    cross_account.CONTROL,
    vault_lock.CONTROL,
    last_point.CONTROL,
    restore_time.CONTROL,
    air_gapped.CONTROL,
)

CONTROLS: Mapping[str, Evaluator] = MappingProxyType({control.name: control for control in _EVERY})
"""Every control by its name in the API."""
