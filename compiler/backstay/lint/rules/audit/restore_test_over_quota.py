"""Restore tests with more in them than AWS takes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import Site
from backstay.lint.source import guide
from backstay_aws.catalog import limit


class RestoreTestOverQuota(Rule):
    """Restore tests have fixed quotas."""

    CODE = "AUD039"
    NAME = "restore-test-over-quota"
    SEVERITY = "error"
    SUMMARY = "A restore test with more selections, vaults, ARNs or conditions than AWS takes"
    WHY = "AWS refuses what is over the quota, so that part is never tested. None of these quotas can be raised."
    SOURCES = (guide("aws-backup-limits"),)
    VALID = ('RestoreTest("weekly", at=weekly("sun", "06:00"), types=["RDS", "EFS", "S3"])',)
    INVALID = (
        'RestoreTest("weekly", at=weekly("sun", "06:00"),\n'
        '    select=[RestoreSelect(f"team_{n}", type="RDS", where=tag("team") == str(n)) for n in range(31)])',
        'RestoreTest("weekly", at=weekly("sun", "06:00"), select=[RestoreSelect("many", type="S3",\n'
        '    resources=[f"arn:aws:s3:::bucket-{n}" for n in range(31)])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Counts by the catalogue's quotas."""
        for test in context.restore_tests:
            name, vaults = f"restore test `{test.test.name}`", (*test.test.vaults, *test.test.exclude_vaults)
            selections = len(test.test.selections)
            yield from self._counted(test, "select", name, "selections", selections, "selections_per_restore_plan")
            yield from self._counted(test, "vaults", name, "vaults", len(vaults), "vaults_per_restore_plan")
        for site in context.restore_selections:
            chosen = site.selection
            name = f"selection `{chosen.name}` of restore test `{site.test.name}`"
            asked = len(chosen.string_equals) + len(chosen.string_not_equals)
            arns, where = "arns_per_restore_selection", "conditions_per_restore_selection"
            yield from self._counted(site, "resources", name, "ARNs", len(chosen.resources), arns)
            yield from self._counted(site, "where", name, "conditions", asked, where)

    def _counted(self, site: Site, field: str, name: str, what: str, count: int, quota: str) -> Iterator[Problem]:
        most = limit(quota)
        if count > most:
            yield self.problem(
                site,
                field,
                f"{name} has {count} {what}; AWS takes {most}",
                label=f"{count} {what}",
                help="split it in two",
            )
