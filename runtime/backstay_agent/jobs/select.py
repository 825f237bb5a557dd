"""Which resource is to be backed up by which rule now: the build's selections over what is really there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from backstay_agent.discover import Found, Surroundings, types_of
from backstay_agent.jobs.narrow import Narrow, nearest
from backstay_agent.jobs.work import Backup, Document
from backstay_agent.wanted import Wanted, WantedPlan
from backstay_aws import arns
from backstay_aws.selection import from_api, matches


def backups(wanted: Wanted, around: Surroundings, narrow: Narrow) -> tuple[Backup, ...]:
    """The backups of one place: one for every rule of every plan that takes a resource, in the order of names.

    A plan that takes a resource by several selections backs it up once, in the role of the first of them by name.
    """
    return tuple(_backups(wanted, around, narrow))


def candidates(wanted: Wanted, around: Surroundings) -> tuple[Found, ...]:
    """What was found, and what a selection names by its full ARN: nothing else tells of it when it has no tags."""
    known = {one.arn for one in around.found}
    named = {
        arn
        for plan in wanted.plans.values()
        for body in plan.selections
        for arn in body.get("Resources", ())
        if "*" not in arn and arn not in known and _is_here(arn, around)
    }
    added = (Found(arn, types, {}, "selection") for arn in sorted(named) if (types := types_of(arn)))
    return (*around.found, *added)


def complaints(
    narrow: Narrow, backups_found: Sequence[Backup], seen: Iterable[Found], *, whole: bool
) -> tuple[str, ...]:
    """Why a resource that was asked for is in no backup. `whole` says that every place could be read."""
    taken = {work.resource for work in backups_found}
    known = {one.arn for one in seen}
    return tuple(_complaint(arn, known, whole=whole) for arn in sorted(narrow.resources - taken))


def _complaint(arn: str, known: set[str], *, whole: bool) -> str:
    if arn in known:
        return f"{arn} is there, but no selection in question takes it"
    unsure = "" if whole else " (not all accounts could be read)"
    return f"no account in question has a resource {arn}{unsure}{nearest(arn, known)}"


def _backups(wanted: Wanted, around: Surroundings, narrow: Narrow) -> Iterator[Backup]:
    found = [one for one in candidates(wanted, around) if not narrow.resources or one.arn in narrow.resources]
    for name, plan in sorted(wanted.plans.items()):
        if narrow.plans and name not in narrow.plans:
            continue
        rules = [rule for rule in plan.body["Rules"] if not narrow.rules or rule["RuleName"] in narrow.rules]
        for one in found:
            body = _taking(plan, one, around)
            if body is not None:
                for rule in rules:
                    yield Backup(
                        wanted.account, wanted.region, one.arn, one.types[0], name, rule, str(body["IamRoleArn"])
                    )


def _taking(plan: WantedPlan, found: Found, around: Surroundings) -> Document | None:
    """The first selection of a plan that takes a resource."""
    return next((body for body in plan.selections if _takes(body, found, around)), None)


def _takes(body: Document, found: Found, around: Surroundings) -> bool:
    """Whether a selection takes a resource; of a type that is not certain, under any that it can be."""
    selection = from_api(body)
    return any(
        matches(
            selection,
            arn=found.arn,
            resource_type=type_,
            tags=found.tags,
            opted_in=lambda key: around.opt_ins.get(key, False),
        )
        for type_ in found.types
    )


def _is_here(arn: str, around: Surroundings) -> bool:
    parsed = arns.parse(arn)
    return parsed is not None and (parsed.account, parsed.region) == (around.account, around.region)
