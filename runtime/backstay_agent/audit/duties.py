"""What the build's requirements ask of the resources of a place, and what its frameworks ask there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from backstay_agent.controls.facts import Asked, Duty, Resource, Waived
from backstay_agent.wanted import Build
from backstay_aws import catalog
from backstay_aws.globs import glob
from backstay_contract.promises import Condition, Required

_WAYS = ("same_region", "cross_region", "cross_account", "cross_region_and_account", "air_gap")


def duties(build: Build, account: str, region: str, resources: Iterable[Resource]) -> tuple[Duty, ...]:
    """One for each requirement and resource that it means, or would mean if a tag that it lacks counted."""
    asked = [one for one in _requirements(build) if account in one.accounts and _in(one.regions, region)]
    found = (_duty(one, resource, region) for resource in resources for one in asked if _in(one.types, resource.type))
    return tuple(duty for duty in found if duty is not None)


def waivers(build: Build, account: str, region: str) -> tuple[Waived, ...]:
    """The waivers of the policies; they stand in the management account, in the build's home Region."""
    if build.promises is None or (account, region) != (build.index.organization.management_account, build.home):
        return ()
    return tuple(
        Waived(one.rule, one.on, one.owner, one.reason, one.expires, one.origin) for one in build.promises.waivers
    )


def asked(build: Build, account: str, region: str) -> tuple[Asked, ...]:
    """What the frameworks that the build gives to a place ask."""
    if not build.names(account, region):
        return ()
    frameworks = build.shape(account, region).get("frameworks", ())
    return tuple(
        _asked(framework["FrameworkName"], one) for framework in frameworks for one in framework["FrameworkControls"]
    )


def _asked(framework: str, body: Mapping[str, Any]) -> Asked:
    scope = body.get("ControlScope") or {}
    return Asked(
        framework,
        body["ControlName"],
        {one["ParameterName"]: one["ParameterValue"] for one in body.get("ControlInputParameters") or ()},
        tuple(scope.get("ComplianceResourceTypes") or ()),
        tuple(scope.get("ComplianceResourceIds") or ()),
        next(iter((scope.get("Tags") or {}).items()), None),
    )


def _requirements(build: Build) -> tuple[Required, ...]:
    return build.promises.requirements if build.promises is not None else ()


def _in(names: tuple[str, ...] | None, name: str) -> bool:
    return names is None or name in names


def _duty(one: Required, resource: Resource, region: str) -> Duty | None:
    readings = {holds(one.every, resource, absent=absent) for absent in (True, False)}
    if readings == {False}:
        return None
    row = catalog.resource_type(resource.type)
    ways = {way: catalog.cell(row, way, region) if row else "unknown" for way in _WAYS}
    continuous: Literal["yes", "no", "unknown"] = catalog.cell(row, "continuous", region) if row else "unknown"
    return Duty(
        require=one.name,
        resource=resource.arn,
        sure=readings == {True},
        keep_days=one.keep_days,
        rpo_seconds=one.rpo_seconds,
        other_region=one.other_region,
        other_account=one.other_account,
        air_gapped=one.air_gapped,
        locked=one.locked,
        immutable=one.immutable,
        tested_days=one.tested_days,
        continuous=continuous,
        cannot=tuple(way for way, cell in ways.items() if cell == "no"),
        unsaid=tuple(way for way, cell in ways.items() if cell == "unknown"),
        origin=one.origin,
    )


def holds(condition: Condition, resource: Resource, *, absent: bool, negated: bool = False) -> bool:
    """Whether a resource is in the set, or with `negated` outside of it.

    `absent`: whether `!=` and `not like` hold without the tag, which AWS leaves open; `not (a == b)` is `a != b`.
    """
    if condition.not_of is not None:
        return holds(condition.not_of, resource, absent=absent, negated=not negated)
    for items, every in ((condition.all_of, True), (condition.any_of, False)):
        if items is not None:
            found = _each(items, resource, absent=absent, negated=negated)
            return all(found) if every is not negated else any(found)
    if condition.tag_in is not None:
        value = resource.tags.get(condition.tag_in.key)
        return (value in condition.tag_in.values) is not negated if value is not None else negated and absent
    if condition.tag is not None:
        return _tag(condition, resource, absent=absent, negated=negated)
    if condition.arn is not None:
        return glob(condition.arn, resource.arn) is not negated
    if condition.type is not None:
        return (condition.type == resource.type) is not negated
    return not negated


def _each(items: Iterable[Condition], resource: Resource, *, absent: bool, negated: bool) -> Iterator[bool]:
    return (holds(item, resource, absent=absent, negated=negated) for item in items)


def _tag(condition: Condition, resource: Resource, *, absent: bool, negated: bool) -> bool:
    test = condition.tag
    assert test is not None
    positive = (test.operator in ("==", "like")) is not negated
    value = resource.tags.get(test.key)
    if value is None:
        return not positive and absent
    same = value == test.value if test.operator in ("==", "!=") else glob(test.value, value)
    return same is positive
