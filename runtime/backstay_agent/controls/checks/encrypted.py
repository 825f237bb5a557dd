"""Whether a recovery point is encrypted."""

from __future__ import annotations

from datetime import datetime

from backstay_agent.controls.control import Control, Verdict, failed, met, titled, unsure
from backstay_agent.controls.facts import Place, Point, short_name
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.sql import Sql
from backstay_agent.controls.sql import short_name as short


def check(point: Point, _: Place, __: Parameters, ___: datetime) -> Verdict:
    """AWS says that it is."""
    if point.encrypted is None:
        return unsure("AWS does not say whether it is encrypted")
    of = f"this backup of {short_name(point.resource)}"
    return met(f"{of} is encrypted") if point.encrypted else failed(f"{of} is not encrypted")


def sql(_: Parameters) -> Sql:
    """The same."""
    of = f"'this backup of ' || {short('s.resource')}"
    return Sql(
        status="""CASE WHEN s.encrypted THEN 'COMPLIANT' WHEN s.encrypted IS NULL THEN 'UNKNOWN'
            ELSE 'NON_COMPLIANT' END""",
        reason=f"""CASE WHEN s.encrypted IS NULL THEN 'AWS does not say whether it is encrypted'
            WHEN s.encrypted THEN {of} || ' is encrypted' ELSE {of} || ' is not encrypted' END""",
    )


CONTROL = Control(
    name="BACKUP_RECOVERY_POINT_ENCRYPTED",
    short="encrypted",
    title=titled("recovery point encrypted"),
    kind="recovery point",
    needs=frozenset({"vaults", "points"}),
    remedy="Encrypt the resource itself: for this type the recovery point is encrypted as its source is.",
    check=check,
    sql=sql,
)
