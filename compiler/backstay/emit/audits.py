"""Frameworks, reports and restore tests as the build has them."""

from __future__ import annotations

from backstay import ir
from backstay_aws.selection import TAG_PREFIX
from backstay_contract import build

EVERY_RESOURCE = ("*",)


def framework(one: ir.Framework) -> build.Framework:
    """The input of `CreateFramework`."""
    return build.Framework(
        framework_name=one.name,
        framework_description=one.description,
        framework_controls=tuple(_control(control) for control in one.controls),
        framework_tags=dict(one.tags),
    )


def _control(control: ir.Control) -> build.FrameworkControl:
    parameters = tuple(
        build.ControlInputParameter(parameter_name=name, parameter_value=value) for name, value in control.parameters
    )
    return build.FrameworkControl(
        control_name=control.name,
        control_input_parameters=parameters,
        control_scope=_scope(control.scope) if control.scope is not None else None,
    )


def _scope(scope: ir.ControlScope) -> build.ControlScope:
    return build.ControlScope(
        compliance_resource_ids=(scope.resource,) if scope.resource is not None else None,
        compliance_resource_types=scope.types or None,
        tags=dict([scope.tag]) if scope.tag is not None else None,
    )


def report(one: ir.Report) -> build.ReportPlan:
    """The input of `CreateReportPlan`, with frameworks by name."""
    channel = build.ReportDeliveryChannel(s3_bucket_name=one.bucket, s3_key_prefix=one.prefix, formats=one.formats)
    setting = build.ReportSetting(
        report_template=one.template,
        framework_names=one.frameworks or None,
        accounts=one.accounts or None,
        organization_units=one.units or None,
        regions=one.regions or None,
    )
    return build.ReportPlan(
        report_plan_name=one.name,
        report_plan_description=one.description,
        report_delivery_channel=channel,
        report_setting=setting,
        report_plan_tags=dict(one.tags),
    )


def restore_test(test: ir.RestoreTest) -> build.RestoreTestingPlan:
    """The input of `CreateRestoreTestingPlan`."""
    points = build.RestoreTestingRecoveryPoints(
        algorithm=test.algorithm,
        include_vaults=test.vaults,
        exclude_vaults=test.exclude_vaults,
        recovery_point_types=test.point_types,
        selection_window_days=test.look_back,
    )
    body = build.RestoreTesting(
        restore_testing_plan_name=test.name,
        schedule_expression=test.schedule,
        schedule_expression_timezone=test.timezone,
        start_window_hours=test.start_window,
        recovery_point_selection=points,
    )
    return build.RestoreTestingPlan(restore_testing_plan=body, tags=dict(test.tags))


def restore_selection(test: str, one: ir.RestoreSelection) -> build.RestoreTestingSelection:
    """The input of `CreateRestoreTestingSelection`."""
    conditions = build.ProtectedResourceConditions(
        string_equals=_values(one.string_equals), string_not_equals=_values(one.string_not_equals)
    )
    body = build.RestoreTestingSelected(
        restore_testing_selection_name=one.name,
        protected_resource_type=one.type,
        iam_role_arn=one.role_arn,
        protected_resource_arns=one.resources or EVERY_RESOURCE,
        protected_resource_conditions=conditions if one.string_equals or one.string_not_equals else None,
        restore_metadata_overrides=dict(one.overrides),
        validation_window_hours=one.validation_window,
    )
    return build.RestoreTestingSelection(restore_testing_plan_name=test, restore_testing_selection=body)


def _values(pairs: tuple[tuple[str, str], ...]) -> tuple[build.KeyValue, ...]:
    return tuple(build.KeyValue(key=TAG_PREFIX + key, value=value) for key, value in pairs)
