"""Plans and selections out of their API bodies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from backstay import ir
from backstay.foreign.around import Around
from backstay.foreign.placed import Placed
from backstay.foreign.values import mapping, mappings, number, pairs, text, texts
from backstay.importer.found import Found
from backstay.ir import members
from backstay_aws import arns
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import Selection, from_api, types_of

SCHEDULE = "cron(0 5 ? * * *)"
"""What AWS takes for an omitted schedule (Backup API `BackupRuleInput`, read 2026-11)."""


_START_WINDOW, _COMPLETION_WINDOW = 480, 10_080
"""Minutes that AWS takes for omitted windows (Backup API `BackupRuleInput`, read 2026-11)."""

Part = tuple[Found, Mapping[str, Any]]
"""What was found, and its body with everything filled in."""


def plan(found: Found, body: Mapping[str, Any], parts: Iterable[Part], around: Around) -> ir.Plan:
    """A plan with its selections."""
    said = mapping(body.get("BackupPlan", body))
    placed = Placed(found)
    return ir.Plan(
        name=text(said.get("BackupPlanName")) or found.name,
        rules=tuple(
            _rule(rule, placed, f"/BackupPlan/Rules/{n}", around) for n, rule in enumerate(mappings(said.get("Rules")))
        ),
        selections=tuple(one for part in parts for one in _selections(*part, around)),
        tags=pairs(body.get("BackupPlanTags")),
        where=placed.where("", members.PLAN, said=body),
        advanced=tuple(_advanced(mappings(said.get("AdvancedBackupSettings")))),
        scan=_scan(mappings(said.get("ScanSettings")), placed),
    )


def _advanced(settings: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for one in settings:
        yield text(one.get("ResourceType")), pairs(one.get("BackupOptions"))


def _scan(settings: Iterable[Mapping[str, Any]], placed: Placed) -> ir.Scan | None:
    for one in settings:
        where = placed.where("/BackupPlan/ScanSettings/0", members.SCAN, said=one)
        return ir.Scan(texts(one.get("ResourceTypes")), text(one.get("ScannerRoleArn")), where)
    return None


def _rule(body: Mapping[str, Any], placed: Placed, pointer: str, around: Around) -> ir.Rule:
    lifecycle = _lifecycle(body.get("Lifecycle"))
    gapped = body.get("TargetLogicallyAirGappedBackupVaultArn")
    mode = next((text(one.get("ScanMode")) for one in mappings(body.get("ScanActions"))), "")
    where = placed.where(pointer, members.RULE, _LIFECYCLE, _BESIDE, said=body)
    return ir.Rule(
        name=text(body.get("RuleName")) or "rule",
        schedule=text(body.get("ScheduleExpression")) or SCHEDULE,
        timezone=text(body.get("ScheduleExpressionTimezone")) or "UTC",
        scheduled="ScheduleExpression" in body,
        vault=text(body.get("TargetBackupVaultName")),
        start_window=number(body.get("StartWindowMinutes"), _START_WINDOW),
        completion_window=number(body.get("CompletionWindowMinutes"), _COMPLETION_WINDOW),
        lifecycle=lifecycle,
        continuous=_flag(body.get("EnableContinuousBackup")),
        copies=tuple(_copies(mappings(body.get("CopyActions")), lifecycle, placed, pointer, around)),
        tags=pairs(body.get("RecoveryPointTags")),
        where=where,
        air_gapped=reference(gapped, around) if gapped else None,
        index=tuple(kind for one in mappings(body.get("IndexActions")) for kind in texts(one.get("ResourceTypes"))),
        scan="FULL_SCAN" if mode == "FULL_SCAN" else "INCREMENTAL_SCAN" if mode else None,
    )


_LIFECYCLE = {f"Lifecycle/{member}": keyword for member, keyword in members.LIFECYCLE.items()}
_BESIDE = {"ScheduleExpressionTimezone": "tz", "CopyActions": "copies"}
_COPY = {"DestinationBackupVaultArn": "to", **_LIFECYCLE}


def _copies(
    bodies: Iterable[Mapping[str, Any]],
    rule: Lifecycle,
    placed: Placed,
    pointer: str,
    around: Around,
) -> Iterator[ir.Copy]:
    for n, body in enumerate(bodies):
        destination = reference(body.get("DestinationBackupVaultArn"), around)
        if destination is None:
            continue
        own = _lifecycle(body.get("Lifecycle"))
        kept = own if own.delete_after is not None else Lifecycle(own.cold_after, rule.delete_after, own.archive)
        where = placed.where(f"{pointer}/CopyActions/{n}", _COPY, said=body)
        yield ir.Copy(destination, kept, where)


def reference(arn: Any, around: Around) -> ir.VaultRef | None:
    """The vault that an ARN names; None if it names none."""
    said = around.local(text(arn))
    parsed = arns.parse(said)
    if parsed is None or parsed.service != "backup" or not parsed.resource.startswith("backup-vault:"):
        return None
    return ir.VaultRef(parsed.account, parsed.region, parsed.resource.removeprefix("backup-vault:"), said)


def _selections(found: Found, body: Mapping[str, Any], around: Around) -> Iterator[ir.PlanSelection]:
    """A selection as what its author means by it: one that names both resources and tags takes either."""
    said = mapping(body.get("BackupSelection", body))
    placed = Placed(found)
    where = placed.where(
        "/BackupSelection", {"SelectionName": "name", "IamRoleArn": "role"}, inner="/BackupSelection", said=said
    )
    first = next((where.fields[f"/{one}"] for one in _TAKEN if f"/{one}" in where.fields), None)
    for made in _alternatives(from_api(_plain(said))):
        yield ir.PlanSelection(
            name=text(said.get("SelectionName")) or found.name,
            role_arn=_role(text(said.get("IamRoleArn")), around.region),
            selection=made,
            types=tuple(dict.fromkeys(kind for arn in made.resources for kind in _types(arn, around.reading))),
            where=where if first is None else ir.Where(where.span, {**where.fields, "where": first}),
        )


def _types(arn: str, reading: int) -> tuple[str, ...]:
    """The types that an ARN names; of several that share a form (clusters of RDS), another one in each reading."""
    types = types_of(arn) if arns.parse(arn) is not None else ()
    return types if len(types) <= 1 else (types[reading % len(types)],)


def _role(arn: str, region: str) -> str:
    """A role's ARN. One of the own account but of another partition is of no account here, so that it is seen."""
    parsed = arns.parse(arn)
    at_home = parsed is None or parsed.account != ir.ACCOUNT or parsed.partition == arns.partition_of(region)
    return arn if at_home else arn.replace(ir.ACCOUNT, _NO_ACCOUNT)


_NO_ACCOUNT = "000000000000"
_TAKEN = ("Conditions", "ListOfTags", "Resources", "NotResources")


def _alternatives(made: Selection) -> tuple[Selection, ...]:
    if not (made.resources and made.list_of_tags):
        return (made,)
    return replace(made, list_of_tags=()), replace(made, resources=())


def _plain(said: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of a selection, each of what it should be of."""
    conditions = mapping(said.get("Conditions"))
    return {
        "Resources": texts(said.get("Resources")),
        "NotResources": texts(said.get("NotResources")),
        "ListOfTags": _compared(said.get("ListOfTags")),
        "Conditions": {operator: _compared(listed) for operator, listed in conditions.items()},
    }


def _compared(listed: Any) -> list[dict[str, str]]:
    wanted = ("ConditionKey", "ConditionValue")
    return [{member: text(one.get(member)) for member in wanted} for one in mappings(listed)]


def _lifecycle(body: Any) -> Lifecycle:
    said = mapping(body)
    cold, delete = (_days(said.get(one)) for one in ("MoveToColdStorageAfterDays", "DeleteAfterDays"))
    return Lifecycle(cold, delete, _flag(said.get("OptInToArchiveForSupportedResources")))


def _days(value: Any) -> int | None:
    return None if value is None else number(value, 0)


def _flag(value: Any) -> bool:
    return text(value).lower() == "true"
