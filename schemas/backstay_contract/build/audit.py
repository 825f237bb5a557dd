"""Audit Manager frameworks and reports, and restore testing, as their create operations take them."""

from __future__ import annotations

from typing import Literal

from backstay_contract.build.aws import Aws


class ControlInputParameter(Aws):
    """`ControlInputParameter`: AWS takes every value as text."""

    parameter_name: str
    parameter_value: str


class ControlScope(Aws):
    """`ControlScope`: resource types, one resource of one type, or one tag (an empty value: any)."""

    compliance_resource_ids: tuple[str, ...] | None = None
    compliance_resource_types: tuple[str, ...] | None = None
    tags: dict[str, str] | None = None


class FrameworkControl(Aws):
    """`FrameworkControl`."""

    control_name: str
    control_input_parameters: tuple[ControlInputParameter, ...] = ()
    control_scope: ControlScope | None = None


class Framework(Aws):
    """The input of `CreateFramework`."""

    framework_name: str
    framework_description: str | None = None
    framework_controls: tuple[FrameworkControl, ...]
    framework_tags: dict[str, str] = {}


class ReportDeliveryChannel(Aws):
    """`ReportDeliveryChannel`: a bucket of the same account."""

    s3_bucket_name: str
    s3_key_prefix: str | None = None
    formats: tuple[Literal["CSV", "JSON"], ...] = ("CSV",)


class ReportSetting(Aws):
    """`ReportSetting`, with frameworks by name where AWS wants ARNs that only exist once the frameworks do."""

    report_template: str
    framework_names: tuple[str, ...] | None = None
    accounts: tuple[str, ...] | None = None
    organization_units: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None


class ReportPlan(Aws):
    """The input of `CreateReportPlan`."""

    report_plan_name: str
    report_plan_description: str | None = None
    report_delivery_channel: ReportDeliveryChannel
    report_setting: ReportSetting
    report_plan_tags: dict[str, str] = {}


class RestoreTestingRecoveryPoints(Aws):
    """`RestoreTestingRecoveryPointSelection`; the window counts days back from the test."""

    algorithm: Literal["LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"]
    include_vaults: tuple[str, ...]
    exclude_vaults: tuple[str, ...] = ()
    recovery_point_types: tuple[Literal["SNAPSHOT", "CONTINUOUS"], ...]
    selection_window_days: int = 30


class RestoreTesting(Aws):
    """`RestoreTestingPlanForCreate`; the start window in hours."""

    restore_testing_plan_name: str
    schedule_expression: str
    schedule_expression_timezone: str = "UTC"
    start_window_hours: int = 24
    recovery_point_selection: RestoreTestingRecoveryPoints


class RestoreTestingPlan(Aws):
    """The input of `CreateRestoreTestingPlan`."""

    restore_testing_plan: RestoreTesting
    tags: dict[str, str] = {}


class KeyValue(Aws):
    """`KeyValue` of a condition, its key as `aws:ResourceTag/NAME`.

    AWS disagrees with itself: the API model's text bars keys that begin with `aws:`, what people deploy has the prefix
    (the Terraform provider's documentation, public modules; read 2026-11).
    """

    key: str
    value: str


class ProtectedResourceConditions(Aws):
    """`ProtectedResourceConditions`: all of them must hold."""

    string_equals: tuple[KeyValue, ...] = ()
    string_not_equals: tuple[KeyValue, ...] = ()


class RestoreTestingSelected(Aws):
    """`RestoreTestingSelectionForCreate`: one resource type; `["*"]` with conditions, or ARNs."""

    restore_testing_selection_name: str
    protected_resource_type: str
    iam_role_arn: str
    protected_resource_arns: tuple[str, ...] = ()
    protected_resource_conditions: ProtectedResourceConditions | None = None
    restore_metadata_overrides: dict[str, str] = {}
    validation_window_hours: int = 0


class RestoreTestingSelection(Aws):
    """The input of `CreateRestoreTestingSelection`."""

    restore_testing_plan_name: str
    restore_testing_selection: RestoreTestingSelected
