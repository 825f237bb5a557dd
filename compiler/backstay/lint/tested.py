"""Which vaults of a place a restore test looks into."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import ACCOUNT, RestoreSelection, RestoreTest, Shape, Where
from backstay.lint.context import Context
from backstay.lint.fillers import Filler, Fillers, targets
from backstay_aws import arns
from backstay_aws.globs import glob

_VAULT = "backup-vault:"


def looked_into(shape: Shape, test: RestoreTest) -> tuple[str, ...]:
    """The vaults of the place, declared or written to, that a test includes and does not exclude."""
    return tuple(name for name in standing(shape) if included(shape, test, name) and not excluded(shape, test, name))


def standing(shape: Shape) -> tuple[str, ...]:
    """The names of the vaults of a place, declared or written to."""
    declared = [vault.name for vault in shape.vaults]
    gapped = [vault.name for vault in shape.air_gapped_vaults]
    written = [name for plan in shape.plans for rule in plan.rules for name in targets(rule)]
    return tuple(dict.fromkeys([*declared, *gapped, *written]))


def included(shape: Shape, test: RestoreTest, name: str) -> bool:
    """Whether a test names a vault, or all."""
    return any(_names(pattern, shape, name) for pattern in test.vaults)


def excluded(shape: Shape, test: RestoreTest, name: str) -> bool:
    """Whether a test leaves a vault out by name or pattern."""
    return any(_names(pattern, shape, name) for pattern in test.exclude_vaults)


def plainly_named(test: RestoreTest) -> Iterator[str]:
    """The vaults that a test includes by their own ARN, without a pattern; by name."""
    for text in test.vaults:
        arn = arns.parse(text)
        if arn is not None and "*" not in text:
            yield arn.resource.removeprefix(_VAULT)


def sources(fillers: Fillers, shape: Shape, test: RestoreTest) -> tuple[Filler, ...]:
    """What fills the vaults that a test looks into."""
    return tuple(one for name in looked_into(shape, test) for one in fillers.of(shape, name))


def reached(selection: RestoreSelection, filler: Filler) -> bool:
    """Whether a plan could take resources of a restore selection's type: unless it names types, and not this one."""
    types = [set(one.types) for one in filler.plan.selections]
    return any(not one or selection.type in one for one in types)


def _names(pattern: str, shape: Shape, name: str) -> bool:
    """Whether an ARN, a pattern of ARNs or `*` means a vault of the place."""
    arn = arns.parse(pattern)
    if arn is None:
        return pattern == "*"
    here = arn.account == ACCOUNT or "*" in arn.account or arn.account in shape.accounts
    return here and glob(arn.region, shape.region) and glob(arn.resource, f"{_VAULT}{name}")


def declares_all(test: Where, context: Context) -> bool:
    """Whether the vaults that a restore test looks into are all declared where it is."""
    sites = [site for site in context.restore_tests if site.where.span == test.span]
    names = {one.name for site in sites for one in site.shape.vaults}
    names |= {one.name for site in sites for one in site.shape.air_gapped_vaults}
    looked = [arns.parse(text) for site in sites for text in site.test.vaults]
    return all(arn is not None and arn.resource.removeprefix(_VAULT) in names for arn in looked)
