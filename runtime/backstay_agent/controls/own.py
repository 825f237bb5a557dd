"""The parameters of our own controls, in the form in which the catalogue has those of AWS's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backstay_aws.catalog import Parameter

PARAMETERS: Mapping[str, tuple[Parameter, ...]] = MappingProxyType(
    {
        # A copy that is older is none; without it any whole copy is enough.
        "copy-exists": (Parameter("maxCopyAgeDays", "integer", "no"),),
        # A year: whoever restores less often than yearly does not know whether restoring works.
        "restore-tested": (
            Parameter("testedWithinDays", "integer", "no", default="365"),
            Parameter("maxRestoreMinutes", "integer", "no"),
        ),
        # AWS deletes within eight hours of the expiry (Backup developer guide, "Deleting backups", read 2026-11).
        "no-expired-recovery-points": (Parameter("graceDays", "integer", "no", default="1"),),
    }
)
