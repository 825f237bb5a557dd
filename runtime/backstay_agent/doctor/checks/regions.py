"""Whether the Regions are AWS's, of one partition with the caller, have AWS Backup, and are enabled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, ok, problem, unknown
from backstay_agent.doctor.look import Answer, Look, Refused
from backstay_aws import arns, catalog

_ENABLED = {"ENABLED", "ENABLED_BY_DEFAULT"}


@dataclass(frozen=True, slots=True)
class Facts:
    """The Regions in question, the partition of the caller, and what the caller's account says of opt-in Regions."""

    regions: tuple[str, ...]
    partition: str | None
    states: tuple[tuple[str, Answer], ...]


def read(look: Look) -> Facts:
    """Asks only of Regions that an account must enable."""
    identity = look.ask(look.caller, look.aws.region, "sts", "GetCallerIdentity")
    parsed = None if isinstance(identity, Refused) else arns.parse(identity["Arn"])
    optional = [name for name in look.regions if (row := catalog.region(name)) is not None and row.opt_in == "yes"]
    states = look.each(
        optional,
        lambda name: look.ask(look.caller, look.aws.region, "account", "GetRegionOptStatus", RegionName=name),
    )
    return Facts(look.regions, parsed.partition if parsed else None, tuple(states))


def judge(facts: Facts) -> Iterator[Line]:
    """Each Region is known, of the partition, has AWS Backup, and is on in the caller's account."""
    states = dict(facts.states)
    wrong = [line for name in facts.regions for line in _region(name, facts.partition, states.get(name))]
    yield from wrong
    if not wrong:
        partition = f" of the partition {facts.partition}" if facts.partition else ""
        yield ok(f"Regions{partition}: {', '.join(facts.regions)}")


def _region(name: str, partition: str | None, state: Answer | None) -> Iterator[Line]:
    row = catalog.region(name)
    if row is None:
        yield unknown(f"the catalogue has no Region {name}", region=name)
    elif partition is not None and row.partition != partition:
        yield problem(
            f"{name} is of the partition {row.partition}, the caller of {partition}",
            f"use credentials of {row.partition} (--profile)",
            region=name,
        )
    elif row.backup == "no":
        yield problem(f"there is no AWS Backup in {name}", "leave the Region out of org.yaml", region=name)
    elif isinstance(state, Refused):
        yield unknown(f"whether {name} is enabled is not told: {state}", region=name)
    elif state is not None and state["RegionOptStatus"] not in _ENABLED:
        yield problem(
            f"{name} is {state['RegionOptStatus'].lower().replace('_', ' ')} in the caller's account",
            f"aws account enable-region --region-name {name}",
            region=name,
        )


CHECK = Check("regions", "caller", 30, read, judge)
