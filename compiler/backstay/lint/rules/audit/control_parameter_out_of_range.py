"""Parameters of controls that AWS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Control
from backstay.lint import demands
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws import catalog
from backstay_aws.catalog import Parameter

_KEYWORDS = {
    # parameter → keyword of the control's constructor
    "recoveryPointAgeValue": "within",
    "requiredFrequencyValue": "every",
    "principalArnList": "except_",
    "crossAccountList": "accounts",
}


class ControlParameterOutOfRange(Rule):
    """Parameters of controls have bounds."""

    CODE = "AUD007"
    NAME = "control-parameter-out-of-range"
    SEVERITY = "error"
    SUMMARY = "A parameter of a control outside what AWS takes"
    WHY = "AWS refuses the whole framework, so nothing is audited."
    SOURCES = (guide("controls-and-remediation"),)
    VALID = ('Framework("acme", controls=[Control.last_recovery_point(within=days(31))])',)
    INVALID = (
        'Framework("acme", controls=[Control.last_recovery_point(within=days(40))])',
        'Framework("acme", controls=[Control.plan_frequency_and_retention(every=hours(36))])',
        'Framework("acme", controls=[Control.air_gapped(within=hours(12))])',
        'Framework("acme", controls=[Control.copied_to_other_account(\n'
        '    accounts=[f"10000000000{n}" for n in range(6)])])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Parameters by the catalogue's ranges."""
        for site in context.controls:
            row = catalog.control(site.control.name)
            for parameter in row.parameters if row is not None else ():
                wrong = _wrong(site.control, parameter)
                if wrong is not None:
                    yield self.problem(
                        site,
                        _KEYWORDS.get(parameter.name, "parameters"),
                        f"control `{demands.word(site.control.name)}` of framework `{site.framework.name}` has "
                        f"{wrong[0]}; AWS takes {wrong[1]}",
                        label=wrong[0],
                        help=f"use {wrong[1]}",
                    )


def _wrong(control: Control, parameter: Parameter) -> tuple[str, str] | None:
    """What a parameter is, and what it may be, if it may not be that."""
    value = dict(control.parameters).get(parameter.name)
    if value is None:
        return None
    if parameter.kind == "choice":
        choices = " or ".join(f"`{one}`" for one in parameter.choices)
        return None if value in parameter.choices else (f"`{value}` for `{parameter.name}`", choices)
    if parameter.kind == "list":
        count, most = len(demands.listed(control, parameter.name)), parameter.maximum_items
        return None if most is None or count <= most else (f"{count} of them", f"at most {most}")
    return _wrong_number(control, parameter, value)


def _wrong_number(control: Control, parameter: Parameter, value: str) -> tuple[str, str] | None:
    count = demands.number(control, parameter.name)
    if count is None:
        return f"`{value}` for `{parameter.name}`", "a whole number"
    unit = demands.text(control, parameter.unit_from) if parameter.unit_from is not None else None
    span = next((one for one in parameter.ranges if one.unit == unit), None)
    if span is None or span.minimum <= count <= span.maximum:
        return None
    return f"{count} {span.unit}", f"{span.minimum} to {span.maximum} {span.unit}"
