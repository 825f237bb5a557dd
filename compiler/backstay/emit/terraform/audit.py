"""Audit Manager frameworks and reports, and restore testing, as Terraform resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from backstay.emit.terraform import gaps
from backstay.emit.terraform.labels import label
from backstay.emit.terraform.text import document
from backstay.emit.terraform.within import FRAMEWORK, Resource, Within
from backstay_contract import build

TEST = "aws_backup_restore_testing_plan"
ANY = ("*",)


def audit(within: Within) -> Iterator[Resource]:
    """Every framework, report and restore test of a shape that the provider can express."""
    shape = within.shape
    yield from (_framework(within, one) for one in shape.frameworks)
    yield from (
        _report(within, one) for one in shape.report_plans if gaps.takes_template(one.report_setting.report_template)
    )
    yield from (_test(within, one) for one in shape.restore_testing_plans)
    for selection in shape.restore_testing_selections:
        chosen = selection.restore_testing_selection
        if gaps.takes_filter(chosen.protected_resource_arns, conditioned(chosen)):
            yield _selection(within, selection)


def conditioned(chosen: build.RestoreTestingSelected) -> bool:
    """Whether a restore-testing selection has any condition."""
    return chosen.protected_resource_conditions not in (None, build.ProtectedResourceConditions())


def _framework(within: Within, framework: build.Framework) -> Resource:
    body = {
        "name": within.text(framework.framework_name),
        **_description(within, framework.framework_description),
        "control": [_control(within, control) for control in framework.framework_controls],
        **within.tags(framework.framework_tags),
    }
    return Resource(FRAMEWORK, label(framework.framework_name), body)


def _control(within: Within, control: build.FrameworkControl) -> dict[str, Any]:
    parameters = [
        {"name": within.text(one.parameter_name), "value": within.text(one.parameter_value)}
        for one in control.control_input_parameters
    ]
    scope = control.control_scope
    return {
        "name": control.control_name,
        **({"input_parameter": parameters} if parameters else {}),
        **({"scope": [_scope(within, scope)]} if scope is not None else {}),
    }


def _scope(within: Within, scope: build.ControlScope) -> dict[str, Any]:
    ids, types = scope.compliance_resource_ids, scope.compliance_resource_types
    return {
        **({"compliance_resource_ids": within.texts(ids)} if ids is not None else {}),
        **({"compliance_resource_types": within.texts(types)} if types is not None else {}),
        **within.tags(scope.tags or {}),
    }


def _report(within: Within, plan: build.ReportPlan) -> Resource:
    channel = plan.report_delivery_channel
    delivery = {
        "s3_bucket_name": within.text(channel.s3_bucket_name),
        **({"s3_key_prefix": within.text(channel.s3_key_prefix)} if channel.s3_key_prefix is not None else {}),
        "formats": list(channel.formats),
    }
    body = {
        "name": within.text(plan.report_plan_name),
        **_description(within, plan.report_plan_description),
        "report_delivery_channel": [delivery],
        "report_setting": [_setting(within, plan.report_setting)],
        **within.tags(plan.report_plan_tags),
    }
    return Resource("aws_backup_report_plan", label(plan.report_plan_name), body)


def _setting(within: Within, setting: build.ReportSetting) -> dict[str, Any]:
    lists = {
        "framework_arns": [within.framework_arn(name) for name in setting.framework_names or ()],
        "accounts": within.texts(setting.accounts or ()),
        "organization_units": within.texts(setting.organization_units or ()),
        "regions": within.texts(setting.regions or ()),
    }
    return {"report_template": setting.report_template, **{name: given for name, given in lists.items() if given}}


def _test(within: Within, plan: build.RestoreTestingPlan) -> Resource:
    test = plan.restore_testing_plan
    points = test.recovery_point_selection
    excluded = [within.vault_arn(arn) for arn in points.exclude_vaults]
    selection = {
        "algorithm": points.algorithm,
        "include_vaults": [within.vault_arn(arn) for arn in points.include_vaults],
        **({"exclude_vaults": excluded} if excluded else {}),
        "recovery_point_types": list(points.recovery_point_types),
        "selection_window_days": points.selection_window_days,
    }
    body = {
        "name": within.text(test.restore_testing_plan_name),
        "schedule_expression": within.text(test.schedule_expression),
        "schedule_expression_timezone": within.text(test.schedule_expression_timezone),
        "start_window_hours": test.start_window_hours,
        "recovery_point_selection": [selection],
        **within.tags(plan.tags),
    }
    return Resource(TEST, label(test.restore_testing_plan_name), body)


def _selection(within: Within, selection: build.RestoreTestingSelection) -> Resource:
    chosen = selection.restore_testing_selection
    plan = selection.restore_testing_plan_name
    window = chosen.validation_window_hours
    body = {
        "name": within.text(chosen.restore_testing_selection_name),
        "restore_testing_plan_name": f"${{{TEST}.{label(plan)}.name}}",
        "protected_resource_type": within.text(chosen.protected_resource_type),
        "iam_role_arn": within.role_arn(chosen.iam_role_arn),
        **_filter(within, chosen),
        **_overrides(within, chosen),
        **({"validation_window_hours": window} if window else {}),
        **within.rights(chosen.iam_role_arn),
    }
    own = label(plan, chosen.restore_testing_selection_name)
    return Resource("aws_backup_restore_testing_selection", own, body)


def _filter(within: Within, chosen: build.RestoreTestingSelected) -> dict[str, Any]:
    """Conditions or ARNs: `*` beside conditions says nothing more, and the provider wants only one of the two."""
    conditions = chosen.protected_resource_conditions
    if conditions is None or not conditioned(chosen):
        return {"protected_resource_arns": within.texts(chosen.protected_resource_arns)}

    def block(pairs: Iterable[build.KeyValue]) -> list[dict[str, str]]:
        return [{"key": within.text(pair.key), "value": within.text(pair.value)} for pair in pairs]

    blocks = {
        "string_equals": block(conditions.string_equals),
        "string_not_equals": block(conditions.string_not_equals),
    }
    return {"protected_resource_conditions": [{name: pairs for name, pairs in blocks.items() if pairs}]}


def _overrides(within: Within, chosen: build.RestoreTestingSelected) -> dict[str, Any]:
    overrides = document(chosen.restore_metadata_overrides, within.partition)
    return {"restore_metadata_overrides": overrides} if overrides else {}


def _description(within: Within, description: str | None) -> dict[str, str]:
    return {"description": within.text(description)} if description is not None else {}
