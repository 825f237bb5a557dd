"""Which recovery points a legal hold takes when it is made: a pure question."""

from __future__ import annotations

from backstay_aws.globs import glob
from backstay_local.backup.legal_holds.rows import LegalHold
from backstay_local.backup.rows import RecoveryPoint

_LEFT_OUT = frozenset({"EXPIRED", "DELETING"})  # "will not be included in the legal hold" (developer guide, legalhold)


def takes(hold: LegalHold, point: RecoveryPoint) -> bool:
    """Whether a hold takes a recovery point of its account and Region; a criterion that is not there takes all.

    Continuous backups and what is on its way out are never held. Both ends of the dates count, as whole days in UTC.
    """
    return (
        not point.continuous
        and point.status not in _LEFT_OUT
        and (not hold.vault_names or point.vault_name in hold.vault_names)
        and (not hold.resources or any(_names(one, point) for one in hold.resources))
        and (hold.first_day is None or hold.first_day.date() <= point.created.date())
        and (hold.last_day is None or point.created.date() <= hold.last_day.date())
    )


def _names(identifier: str, point: RecoveryPoint) -> bool:
    """Whether an identifier means the resource of a recovery point (type, ARN, pattern of ARNs), or its vault."""
    return identifier in (point.resource_type, point.vault_arn) or glob(identifier, point.resource_arn)
