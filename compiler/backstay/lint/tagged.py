"""What gets tags of its own, vaults aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay.lint.context import Context
from backstay.lint.site import Site

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Something with tags; `what` is how a sentence names it."""

    site: Site
    what: str
    tags: Pairs


def tagged(context: Context) -> Iterator[Tagged]:
    """Everything with tags of its own; vaults are left to `refused-vault-tag`."""
    yield from (Tagged(site, f"plan `{site.plan.name}`", site.plan.tags) for site in context.plans)
    yield from (Tagged(site, f"framework `{site.framework.name}`", site.framework.tags) for site in context.frameworks)
    yield from (Tagged(site, f"report `{site.report.name}`", site.report.tags) for site in context.reports)
    yield from (Tagged(site, f"restore test `{site.test.name}`", site.test.tags) for site in context.restore_tests)
    yield from (Tagged(site, f"legal hold `{site.hold.title}`", site.hold.tags) for site in context.legal_holds)
    yield from (
        Tagged(site, f"tiering configuration `{site.tiering.name}`", site.tiering.tags) for site in context.tiering
    )


def points(context: Context) -> Iterator[Tagged]:
    """The tags that rules put on recovery points."""
    yield from (
        Tagged(site, f"the recovery points of rule `{site.rule.name}`", site.rule.tags) for site in context.rules
    )
