"""Frameworks, report plans, restore tests, legal holds and tiering out of their API bodies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from backstay import ir
from backstay.foreign.around import Around
from backstay.foreign.placed import Placed
from backstay.foreign.plans import Part
from backstay.foreign.values import mapping, mappings, number, pairs, text, texts
from backstay.importer.found import Found
from backstay.ir import members
from backstay_aws.selection import TAG_PREFIX

_FORMATS: tuple[Literal["CSV", "JSON"], ...] = ("CSV", "JSON")
_POINTS: tuple[Literal["SNAPSHOT", "CONTINUOUS"], ...] = ("SNAPSHOT", "CONTINUOUS")
_PARAMETERS = {
    # parameter of a control → keyword of the control's constructor
    "recoveryPointAgeValue": "within",
    "maxRestoreTime": "within",
    "requiredFrequencyValue": "every",
    "requiredRetentionDays": "keep",
    "principalArnList": "except_",
    "crossRegionList": "regions",
    "crossAccountList": "accounts",
    "minRetentionDays": "min",
    "maxRetentionDays": "max",
}
_ZONE = {"RestoreTestingPlan/ScheduleExpressionTimezone": "tz"}
_REPORT = {**members.REPORT, "ReportSetting/FrameworkArns": "frameworks"}


def framework(found: Found, body: Mapping[str, Any]) -> ir.Framework:
    """A framework with its controls."""
    placed = Placed(found)
    said = mappings(body.get("FrameworkControls"))
    controls = tuple(_control(one, placed, f"/FrameworkControls/{n}") for n, one in enumerate(said))
    return ir.Framework(
        text(body.get("FrameworkName")) or found.name,
        text(body.get("FrameworkDescription")) or None,
        controls,
        pairs(body.get("FrameworkTags")),
        placed.where("", members.FRAMEWORK, {"FrameworkControls": "controls"}, said=body),
    )


def _control(body: Mapping[str, Any], placed: Placed, pointer: str) -> ir.Control:
    said = mapping(body.get("ControlScope"))
    tag = next(iter(pairs(said.get("Tags"))), None)
    scope = ir.ControlScope(
        texts(said.get("ComplianceResourceTypes")), next(iter(texts(said.get("ComplianceResourceIds"))), None), tag
    )
    given = [
        (text(one.get("ParameterName")), text(one.get("ParameterValue")))
        for one in mappings(body.get("ControlInputParameters"))
    ]
    everything = scope == ir.ControlScope()
    where = placed.where(pointer, members.CONTROL, {"ControlInputParameters": "parameters"}, said=body)
    asked = {
        _PARAMETERS[name]: place
        for n, (name, _) in enumerate(given)
        if name in _PARAMETERS and (place := placed.at(f"{pointer}/ControlInputParameters/{n}/ParameterValue"))
    }
    where = ir.Where(where.span, {**where.fields, **asked})
    return ir.Control(text(body.get("ControlName")), pairs(dict(given)), None if everything else scope, where)


def report(found: Found, body: Mapping[str, Any], around: Around) -> ir.Report:
    """A report plan."""
    channel, setting = mapping(body.get("ReportDeliveryChannel")), mapping(body.get("ReportSetting"))
    formats = texts(channel.get("Formats")) or ("CSV",)
    return ir.Report(
        name=text(body.get("ReportPlanName")) or found.name,
        description=text(body.get("ReportPlanDescription")) or None,
        template=text(setting.get("ReportTemplate")),
        bucket=text(channel.get("S3BucketName")),
        prefix=text(channel.get("S3KeyPrefix")) or None,
        formats=tuple(one for one in _FORMATS if one in formats),
        frameworks=texts(setting.get("FrameworkNames")) or texts(setting.get("FrameworkArns")),
        accounts=_others(texts(setting.get("Accounts")), ir.ACCOUNT, around.account),
        units=texts(setting.get("OrganizationUnits")),
        regions=_others(texts(setting.get("Regions")), around.region),
        tags=pairs(body.get("ReportPlanTags")),
        where=Placed(found).where("", _REPORT, said=body),
    )


def _others(named: tuple[str, ...], *own: str) -> tuple[str, ...]:
    """What a report is about; nothing if that is the own account or Region alone, which it is about without it too."""
    return named if any(one not in own for one in named) else ()


def restore_test(found: Found, body: Mapping[str, Any], parts: Iterable[Part], around: Around) -> ir.RestoreTest:
    """A restore-testing plan with its selections."""
    said = mapping(body.get("RestoreTestingPlan", body))
    points = mapping(said.get("RecoveryPointSelection"))
    latest = text(points.get("Algorithm")) == "LATEST_WITHIN_WINDOW"
    kinds = texts(points.get("RecoveryPointTypes")) or ("SNAPSHOT",)
    return ir.RestoreTest(
        name=text(said.get("RestoreTestingPlanName")) or found.name,
        schedule=text(said.get("ScheduleExpression")),
        timezone=text(said.get("ScheduleExpressionTimezone")) or "UTC",
        start_window=number(said.get("StartWindowHours"), 24),
        algorithm="LATEST_WITHIN_WINDOW" if latest else "RANDOM_WITHIN_WINDOW",
        vaults=tuple(around.local(arn) for arn in texts(points.get("IncludeVaults"))),
        exclude_vaults=tuple(around.local(arn) for arn in texts(points.get("ExcludeVaults"))),
        point_types=tuple(one for one in _POINTS if one in kinds),
        look_back=number(points.get("SelectionWindowDays"), 30),
        selections=tuple(_restored(*part) for part in parts),
        tags=pairs(body.get("Tags")),
        where=Placed(found).where("", members.TEST, _ZONE, said=body),
    )


def _restored(found: Found, body: Mapping[str, Any]) -> ir.RestoreSelection:
    said = mapping(body.get("RestoreTestingSelection", body))
    tests = mapping(said.get("ProtectedResourceConditions"))
    return ir.RestoreSelection(
        name=text(said.get("RestoreTestingSelectionName")) or found.name,
        type=text(said.get("ProtectedResourceType")),
        role_arn=text(said.get("IamRoleArn")),
        resources=texts(said.get("ProtectedResourceArns")),
        string_equals=_tests(tests.get("StringEquals")),
        string_not_equals=_tests(tests.get("StringNotEquals")),
        overrides=pairs(said.get("RestoreMetadataOverrides")),
        validation_window=number(said.get("ValidationWindowHours"), 0),
        where=Placed(found).where("/RestoreTestingSelection", members.RESTORED, said=said),
    )


def _tests(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((text(one.get("Key")).removeprefix(TAG_PREFIX), text(one.get("Value"))) for one in mappings(value))


def legal_hold(found: Found, body: Mapping[str, Any]) -> ir.LegalHold:
    """A legal hold."""
    chosen = mapping(body.get("RecoveryPointSelection"))
    dates = mapping(chosen.get("DateRange"))
    return ir.LegalHold(
        text(body.get("Title")) or found.name,
        text(body.get("Description")),
        texts(chosen.get("VaultNames")),
        texts(chosen.get("ResourceIdentifiers")),
        text(dates.get("FromDate"))[:10] or None,
        text(dates.get("ToDate"))[:10] or None,
        pairs(body.get("Tags")),
        Placed(found).where("", members.HOLD, said=body),
    )


def tiering(found: Found, body: Mapping[str, Any]) -> ir.Tiering:
    """A tiering configuration."""
    said = mapping(body.get("TieringConfiguration", body))
    rows = tuple(
        ir.TieringResources(
            text(one.get("ResourceType")), texts(one.get("Resources")), number(one.get("TieringDownSettingsInDays"), 60)
        )
        for one in mappings(said.get("ResourceSelection"))
    )
    name = text(said.get("TieringConfigurationName")) or found.name
    tags = pairs(body.get("TieringConfigurationTags"))
    inner = {f"ResourceSelection/0/{member}": word for member, word in members.TIER.items()}
    where = Placed(found).where("/TieringConfiguration", {"BackupVaultName": "vault"}, inner)
    return ir.Tiering(name, text(said.get("BackupVaultName")) or "*", rows, tags, where)
