"""The parameters of a control, as the catalogue describes them: what is refused, and what holds where none is given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from backstay_aws.catalog import Control, Parameter
from backstay_local.backup.audit_manager import forms

_LISTS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "crossRegionList": (forms.REGION, "a Region"),
    "crossAccountList": (forms.ACCOUNT, "an account id"),
    # AWS does not say whether the account may be `*`, as vault policies have it in an ArnNotLike: so it is taken.
    "principalArnList": (re.compile(r"arn:[a-z-]+:iam::(?:\d{12}|\*):role/\S+"), "the ARN of an IAM role"),
}
_NUMBER = re.compile(r"[1-9]\d{0,8}")

Given = Sequence[Mapping[str, Any]]
"""ControlInputParameters of a request."""


def problem(control: Control, given: Given) -> str | None:
    """Why the parameters of a control are refused."""
    names = [str(one.get("ParameterName")) for one in given]
    known = {parameter.name for parameter in control.parameters}
    for name in names:
        if name not in known:
            return f"Control {control.name} has no parameter {name}."
        if names.count(name) > 1:
            return f"Parameter {name} of control {control.name} is given more than once."
    values = completed(control, given)
    for parameter in control.parameters:
        found = _problem(parameter, values)
        if found is not None:
            return f"Parameter {parameter.name} of control {control.name} {found}."
    return None


def completed(control: Control, given: Given) -> dict[str, str]:
    """All parameters by name, with the defaults of those that were not given."""
    defaults = {one.name: one.default for one in control.parameters if one.default is not None}
    return defaults | {str(one["ParameterName"]): str(one.get("ParameterValue", "")) for one in given}


def _problem(parameter: Parameter, values: Mapping[str, str]) -> str | None:
    value = values.get(parameter.name)
    if value is None:
        return "is required" if parameter.required == "yes" else None
    if parameter.kind == "choice":
        return None if value in parameter.choices else f"must be one of {', '.join(parameter.choices)}, not {value!r}"
    if parameter.kind == "integer":
        return _number_problem(parameter, value, values)
    return _list_problem(parameter, value)


def _number_problem(parameter: Parameter, value: str, values: Mapping[str, str]) -> str | None:
    if not _NUMBER.fullmatch(value):
        return f"must be a whole number of at least 1, not {value!r}"
    unit = values.get(parameter.unit_from or "")
    for span in parameter.ranges:
        if span.unit == unit and not span.minimum <= int(value) <= span.maximum:
            return f"must be within {span.minimum} and {span.maximum} {unit}, but is {value}"
    return None


def _list_problem(parameter: Parameter, value: str) -> str | None:
    items = [item.strip() for item in value.split(",")]
    if parameter.maximum_items is not None and len(items) > parameter.maximum_items:
        return f"cannot have more than {parameter.maximum_items} elements, but has {len(items)}"
    form, what = _LISTS.get(parameter.name, (re.compile(r".+"), "a value"))
    wrong = next((item for item in items if not form.fullmatch(item)), None)
    return None if wrong is None else f"must be a list of {what} with commas between; {wrong!r} is none"
