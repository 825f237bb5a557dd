"""Restore tests of FSx that cannot succeed by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide

_FSX = "FSx"
_NEEDED = ("subnetids", "ontapconfiguration")
# In lower case, since AWS reads the keys in any. Lustre and Windows need `subnetIds`, ONTAP a storage virtual machine,
# OpenZFS nothing; developer guide, "Restore testing inferred metadata", read 2026-11.


class FsxTestWithoutSubnet(Rule):
    """A restored FSx file system has to be told where to stand."""

    CODE = "AUD040"
    NAME = "fsx-test-without-subnet"
    SEVERITY = "warning"
    SUMMARY = "A restore test of FSx that says neither a subnet nor a storage virtual machine"
    WHY = (
        "AWS cannot infer all that a restore of FSx needs. Without `subnetIds` (Lustre, Windows) or a storage virtual "
        "machine (ONTAP) every test restore fails; only OpenZFS restores without. The failure says nothing about the "
        "backup."
    )
    SOURCES = (guide("restore-testing-inferred-metadata"),)
    VALID = (
        'RestoreTest("weekly", at=weekly("sun", "06:00"), select=[RestoreSelect("fsx", type="FSx",\n'
        '    overrides={"subnetIds": "subnet-0123456789abcdef0"})])',
    )
    INVALID = ('RestoreTest("weekly", at=weekly("sun", "06:00"), types=["FSx"])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections of FSx without either."""
        for site in context.restore_selections:
            said = [key.lower() for key, _ in site.selection.overrides]
            if site.selection.type == _FSX and not any(key.startswith(_NEEDED) for key in said):
                yield self.problem(
                    site,
                    "overrides" if said else "type",
                    f"restore test `{site.test.name}` restores `FSx` without saying into which subnet",
                    label="AWS cannot guess it",
                    help='write `RestoreSelect("fsx", type="FSx", overrides={"subnetIds": "subnet-…"})`',
                )
