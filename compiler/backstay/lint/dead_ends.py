"""Selections that can take nothing, whatever resources there are; of each cause a rule of its own speaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from backstay.lint.arn_forms import field, fixed_account, fixed_region, possible_types, service
from backstay.lint.comparisons import Compared, compared, named
from backstay.lint.site import SelectionSite
from backstay.lint.swallowed import by_key, never_together
from backstay_aws import arns, catalog
from backstay_aws.selection import glob
from backstay_aws.selection_shape import TAG_PREFIX

_TESTED = "awsbackup-restore-test"


def dead_ends(sites: Sequence[SelectionSite]) -> bool:
    """Whether none of the sites of one selection, alternatives of it or places that have it, can take anything."""
    regions = {site.shape.region for site in sites}
    accounts = {account for site in sites for account in site.accounts}
    return all(_tags(site) or _arns(site, regions, accounts) or switched_off(site) for site in sites)


def switched_off(site: SelectionSite) -> bool:
    """Whether a selection names only types that obey the opt-in wherever they are named, and that are off."""
    off = {name for name, on in site.shape.opt_in if not on}
    rows = [catalog.resource_type(name) for name in site.selection.types]
    return bool(rows) and all(row is not None and row.opt_in_always == "yes" and row.opt_in in off for row in rows)


def clash(one: Compared, other: Compared) -> bool:
    """Whether the value that one comparison asks for is what another of that tag refuses."""
    if one.key != other.key:
        return False
    if one.operator == "like":
        return other.operator == "not like" and glob(other.value, one.value)
    if one.operator != "==":
        return False
    same = glob(other.value, one.value) if "like" in other.operator else other.value == one.value
    return same is not other.wanted


def objects(arn: str) -> bool:
    """Whether an ARN is that of objects in a bucket, which are never taken without it."""
    return service(arn) == "s3" and "/" in field(arn, 5)


def unsupported(arn: str) -> bool:
    """Whether no resource of AWS Backup's types has such an ARN."""
    return objects(arn) or not possible_types(arn)


def made_by_tests(name: str) -> bool:
    """Whether a tag key or the ARN of a resource is one that restore tests give; AWS never takes what they made."""
    return name.rsplit("/", 1)[-1].rsplit(":", 1)[-1].startswith(_TESTED)


def _tags(site: SelectionSite) -> bool:
    """Whether no resource meets the comparisons of tags: none of a list, or not all of the others."""
    tests = list(compared(site))
    if site.selection.selection.list_of_tags:
        return all(map(_impossible, tests))
    clashing = (clash(one, other) or clash(other, one) for one, other in combinations(tests, 2))
    return any(map(_impossible, tests)) or any(clashing) or any(map(never_together, by_key(tests)))


def _impossible(one: Compared) -> bool:
    asterisk = one.operator == "==" and "*" in one.value
    return one.wanted and (asterisk or one.key.startswith(TAG_PREFIX) or made_by_tests(one.key))


def _arns(site: SelectionSite, regions: Iterable[str], accounts: Iterable[str]) -> bool:
    """Whether every ARN that is taken is one of elsewhere, or of nothing that can be backed up."""
    home = arns.partition_of(site.shape.region)
    taken = [one.arn for one in named(site) if one.taken]
    return bool(taken) and all(
        field(arn, 1) not in (home, "*")
        or unsupported(arn)
        or made_by_tests(arn)
        or fixed_region(arn) not in (None, *regions)
        or fixed_account(arn) not in (None, *accounts)
        for arn in taken
    )
