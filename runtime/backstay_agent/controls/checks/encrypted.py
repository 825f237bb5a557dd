"""Whether a recovery point is encrypted."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled, unsure
from backstay_agent.controls.facts import Place, Point, short_name
from backstay_agent.controls.parameters import Parameters


def check(point: Point, _: Place, __: Parameters, ___: datetime) -> Verdict:
    """AWS says that it is."""
    if point.encrypted is None:
        return unsure("AWS does not say whether it is encrypted")
    of = f"this backup of {short_name(point.resource)}"
    return met(f"{of} is encrypted") if point.encrypted else failed(f"{of} is not encrypted")


CONTROL = Control(
    name="BACKUP_RECOVERY_POINT_ENCRYPTED",
    short="encrypted",
    title=titled("recovery point encrypted"),
    kind="recovery point",
    needs=frozenset({"vaults", "points"}),
    remedy="Encrypt the resource itself: for this type the recovery point is encrypted as its source is.",
    check=check,
)
