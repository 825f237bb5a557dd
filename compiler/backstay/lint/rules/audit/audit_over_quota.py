"""More frameworks, controls, reports, holds or restore tests than an account may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from backstay.ir import Framework, LegalHold, Report, RestoreTest, Shape
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import Site
from backstay.lint.source import guide
from backstay_aws import catalog
from backstay_contract.findings import Span

Counted = Framework | LegalHold | Report | RestoreTest
_QUOTAS: tuple[tuple[str, str, Callable[[Shape], Iterable[Counted]], Callable[[Counted], int]], ...] = (
    # the quota's name, what it counts, where it is, how much of it one thing is
    ("frameworks", "frameworks", lambda shape: shape.frameworks, lambda _: 1),
    ("controls_per_region", "controls", lambda shape: shape.frameworks, lambda one: _controls(one)),
    ("report_plans", "reports", lambda shape: shape.reports, lambda _: 1),
    ("legal_holds", "legal holds", lambda shape: shape.legal_holds, lambda _: 1),
    ("restore_plans", "restore tests", lambda shape: shape.restore_tests, lambda _: 1),
)
_NOWHERE = Span("", 0, 0, 0, 0)


class AuditOverQuota(Rule):
    """An account has room for so many."""

    CODE = "AUD003"
    NAME = "audit-over-quota"
    SEVERITY = "error"
    SUMMARY = "More frameworks, controls, reports, legal holds or restore tests than an account may have"
    WHY = (
        "AWS refuses what is over the quota, so it does not exist. A warning where AWS raises the quota on request: "
        "15 frameworks and 50 controls in a Region, 20 reports. 50 legal holds and 100 restore tests are fixed."
    )
    SOURCES = (guide("aws-backup-limits"),)
    VALID = ('*[Report(f"jobs_{n}", template="BACKUP_JOB_REPORT", bucket="acme-reports") for n in range(20)]',)
    INVALID = (
        '*[Report(f"jobs_{n}", template="BACKUP_JOB_REPORT", bucket="acme-reports") for n in range(21)]',
        '*[Framework(f"keep_{n}", controls=[Control.vault_lock(min=days(n))]) for n in range(1, 17)]',
        '*[LegalHold(f"case {n}", "a case", vaults=[primary]) for n in range(51)]',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """The first thing of each kind, as written, that has no room any more, in each account and Region."""
        rows = {row.name: row for row in catalog.limits()}
        for shape in context.model.shapes:
            for quota, what, things, size in _QUOTAS:
                found = sorted(things(shape), key=_written)
                counts = list(accumulate(size(one) for one in found))
                most = rows[quota].value
                if counts and counts[-1] > most:
                    first = next(one for one, count in zip(found, counts, strict=True) if count > most)
                    fixed = rows[quota].adjustable == "no"
                    yield self.problem(
                        _site(shape, first),
                        None,
                        f"an account gets {counts[-1]} {what}; AWS takes {most}",
                        label=f"the first beyond {most}",
                        help=f"merge or drop {what}" + ("" if fixed else ", or ask AWS for a higher quota"),
                        severity="error" if fixed else "warning",
                    )


def _written(one: Counted) -> tuple[bool, Span]:
    """Sorts things as they were written; what has no place comes last."""
    return one.where.span is None, one.where.span or _NOWHERE


def _site(shape: Shape, one: Counted) -> Site:
    name = one.title if isinstance(one, LegalHold) else one.name
    return Site(one.where, (one.where.policy, name), (shape,), shape.accounts)


def _controls(one: Counted) -> int:
    return len(one.controls) if isinstance(one, Framework) else 0
