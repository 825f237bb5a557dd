"""Whether the Regions are AWS's, of one partition with the caller, have AWS Backup, and are enabled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, unknown
from backstay_agent.doctor.look import Look, Refused
from backstay_agent.organization_tree import OrganizationReader
from backstay_aws import arns, catalog


@dataclass(frozen=True, slots=True)
class Facts:
    """The Regions in question, the partition of the caller, and the Regions that its account has on (none: not told).

    `enabled` is None where it was not asked for, because no Region has to be enabled.
    """

    regions: tuple[str, ...]
    partition: str | None
    enabled: frozenset[str] | None


def read(look: Look) -> Facts:
    """Asks which Regions are on only where one of them has to be enabled."""
    identity = look.ask(look.caller, look.aws.region, "sts", "GetCallerIdentity")
    parsed = None if isinstance(identity, Refused) else arns.parse(identity["Arn"])
    optional = any((row := catalog.region(name)) is not None and row.opt_in == "yes" for name in look.regions)
    enabled = frozenset(OrganizationReader(look.aws).enabled_regions()) if optional else None
    return Facts(look.regions, parsed.partition if parsed else None, enabled)


def judge(facts: Facts) -> Iterator[Line]:
    """Each Region is known, of the partition, has AWS Backup, and is on in the caller's account."""
    wrong = [line for name in facts.regions for line in _region(name, facts)]
    yield from wrong
    if not wrong:
        partition = f" of the partition {facts.partition}" if facts.partition else ""
        yield ok(f"Regions{partition}: {', '.join(facts.regions)}")


def _region(name: str, facts: Facts) -> Iterator[Line]:
    row = catalog.region(name)
    if row is None:
        yield unknown("the catalogue does not have this Region", region=name)
    elif facts.partition is not None and row.partition != facts.partition:
        yield problem(
            f"the Region is of the partition {row.partition}, the caller of {facts.partition}",
            f"use credentials of {row.partition} (--profile)",
            region=name,
        )
    elif row.backup == "no":
        yield problem("there is no AWS Backup in this Region", "leave the Region out of org.yaml", region=name)
    elif row.opt_in == "yes" and not facts.enabled:
        yield unknown("whether the Region is enabled is not told", region=name)
    elif row.opt_in == "yes" and facts.enabled and name not in facts.enabled:
        remedy = f"aws account enable-region --region-name {name}"
        yield problem("the Region is not enabled in the caller's account", remedy, region=name)


CHECK = Check("regions", "caller", 30, read, judge)
