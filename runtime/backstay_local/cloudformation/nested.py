"""`AWS::CloudFormation::Stack`: a stack in a stack.

Source: CloudFormation template reference, page of the type, read 2026-11.
"""

from __future__ import annotations

import uuid
from typing import Any

from backstay_local.wire.call import AwsError

from .kind import Kind, Made, Place, Properties

_GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE")
_SAME = "No updates are to be performed."


def _create(place: Place, given: Properties) -> Made:
    name = f"{place.stack}-{place.logical_id}"[:115] + f"-{uuid.uuid4().hex[:12].upper()}"
    own = place.call("cloudformation", "CreateStack", StackName=name, **_asked(place, given))["StackId"]
    return _ended(place, own)


def _change(place: Place, made: Made, old: Properties, new: Properties) -> Made:  # noqa: ARG001
    try:
        place.call("cloudformation", "UpdateStack", StackName=made.id, **_asked(place, new))
    except AwsError as error:
        if error.message != _SAME:
            raise
    return _ended(place, made.id)


def _delete(place: Place, made: Made, given: Properties) -> None:  # noqa: ARG001  (every kind is asked alike)
    place.call("cloudformation", "DeleteStack", StackName=made.id)
    _ended(place, made.id)


def _asked(place: Place, given: Properties) -> dict[str, Any]:
    parameters = given.get("Parameters") or {}
    return {
        "TemplateURL": given.get("TemplateURL"),
        "Parameters": [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in parameters.items()],
        "Tags": given.get("Tags"),
        "Capabilities": list(place.capabilities),
    }


def _ended(place: Place, own: str) -> Made:
    """The stack after what was asked; `AwsError` if it failed."""
    [stack] = place.call("cloudformation", "DescribeStacks", StackName=own)["Stacks"]
    if stack["StackStatus"] not in _GOOD:
        reason = f"Embedded stack {own} was not successfully brought to its template: {stack.get('StackStatusReason')}"
        raise AwsError("GeneralServiceException", reason)
    outputs = {f"Outputs.{one['OutputKey']}": one["OutputValue"] for one in stack.get("Outputs", [])}
    return Made(own, outputs)


KINDS = {
    "AWS::CloudFormation::Stack": Kind(
        properties=frozenset({"Parameters", "Tags", "TemplateURL"}),
        create=_create,
        change=_change,
        delete=_delete,
        tags=("Tags", True),
    ),
}
"""What there is of each type."""
