"""How long a restore may take, as the frameworks of a build say it: the control on restore times. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay_aws import catalog

_CONTROL = "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET"
_PARAMETER = "maxRestoreTime"
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """Seconds that a restore may take, and of what: of these types (as CloudFormation names them), of these resources,
    of what has this tag (an empty value: any); of everything where none is said."""

    seconds: float
    types: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)


def targets(shape: Mapping[str, Any]) -> tuple[Target, ...]:
    """The targets of a shape's document."""
    return tuple(_targets(shape))


def within(found: tuple[Target, ...], type_: str, resource: str, tags: Mapping[str, str]) -> float | None:
    """The shortest time that holds for a resource, in seconds; None when nothing is said of it."""
    return min((one.seconds for one in found if _covers(one, type_, resource, tags)), default=None)


def _targets(shape: Mapping[str, Any]) -> Iterator[Target]:
    for framework in shape.get("frameworks", ()):
        for control in framework["FrameworkControls"]:
            if control["ControlName"] == _CONTROL:
                given = {one["ParameterName"]: one["ParameterValue"] for one in control["ControlInputParameters"]}
                scope = control.get("ControlScope") or {}
                if given.get(_PARAMETER, "").isdigit():
                    yield Target(
                        int(given[_PARAMETER]) * _MINUTE,
                        frozenset(scope.get("ComplianceResourceTypes") or ()),
                        frozenset(scope.get("ComplianceResourceIds") or ()),
                        dict(scope.get("Tags") or {}),
                    )


def _covers(target: Target, type_: str, resource: str, tags: Mapping[str, str]) -> bool:
    if target.types and not target.types & _names(type_):
        return False
    if target.resources and not any(
        resource == one or resource.endswith((f"/{one}", f":{one}")) for one in target.resources
    ):
        return False
    return all(key in tags and value in ("", tags[key]) for key, value in target.tags.items())


def _names(type_: str) -> frozenset[str]:
    """What a control's scope calls a type: AWS Backup's name, or CloudFormation's."""
    row = catalog.resource_type(type_)
    return frozenset((type_, *((row.cfn_type, *(kind.cfn_type for kind in row.kinds)) if row else ())))
