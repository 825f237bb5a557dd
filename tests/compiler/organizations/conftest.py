"""Models without policy files, and what Organizations makes of the emitted documents, account by account."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from backstay import ir
from backstay.emit.document import shape as shape_of
from backstay_aws.effective import Attached, Effective, Level, evaluate
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import Selection

NOWHERE = ir.Where(None)
ROLE = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"
Files = Mapping[str, bytes]
Plans = dict[tuple[str, str], Any]


def rule(name: str = "daily", **said: Any) -> ir.Rule:
    """A rule; what is not said is like AWS's default."""
    usual: dict[str, Any] = {
        "schedule": "cron(0 5 ? * * *)",
        "timezone": "UTC",
        "scheduled": True,
        "vault": "main",
        "start_window": 480,
        "completion_window": 10080,
        "lifecycle": Lifecycle(None, 35),
        "continuous": False,
        "copies": (),
        "tags": (),
        "where": NOWHERE,
    }
    return ir.Rule(name, **{**usual, **said})


def selection(name: str = "all", role: str = ROLE, types: tuple[str, ...] = (), **said: Any) -> ir.PlanSelection:
    """A selection of one AWS selection's members; of everything if none is said."""
    return ir.PlanSelection(name, role, Selection(**(said or {"resources": ("*",)})), types, NOWHERE)


def plan(
    name: str = "gold", rules: Iterable[ir.Rule] = (), chosen: Iterable[ir.PlanSelection] = (), **said: Any
) -> ir.Plan:
    """A plan with a usual rule and selection unless others are given."""
    return ir.Plan(
        name, tuple(rules) or (rule(),), tuple(chosen) or (selection(),), said.pop("tags", ()), NOWHERE, **said
    )


def copy_to(name: str, region: str, account: str = "$account", keep: int | None = 35) -> ir.Copy:
    """A copy to a vault."""
    arn = f"arn:aws:backup:{region}:{account}:backup-vault:{name}"
    return ir.Copy(ir.VaultRef(account, region, name, arn), Lifecycle(None, keep), NOWHERE)


def model(
    units: Mapping[str, str], gets: Mapping[tuple[str, str], Iterable[ir.Plan]], more_units: Iterable[str] = ()
) -> ir.Model:
    """A model from accounts with their unit paths, and from what each account gets in each Region."""
    same: dict[tuple[str, tuple[int, ...]], tuple[list[str], tuple[ir.Plan, ...]]] = {}
    for (account, region), plans in sorted(gets.items(), key=lambda item: item[0]):
        listed = tuple(plans)
        same.setdefault((region, tuple(map(id, listed))), ([], listed))[0].append(account)
    shapes = [
        ir.Shape(region, tuple(accounts), tuple(sorted({units[a] for a in accounts})), plans, (), ())
        for (region, _), (accounts, plans) in same.items()
    ]
    regions = {a: tuple(sorted(r for b, r in gets if a == b)) for a in units}
    facts = {a: ir.AccountFacts(a, f"name-{a}", unit, (), regions[a]) for a, unit in units.items()}
    return ir.Model(
        organization="o-acme0001",
        management_account=min(units),
        backup_account=None,
        partition="aws",
        policies=("base",),
        accounts=facts,
        shapes=tuple(sorted(shapes, key=lambda shape: (shape.region, shape.accounts))),
        global_settings=(),
        global_where=None,
        waivers=(),
        tree=tree(units, more_units),
    )


def tree(units: Mapping[str, str], more: Iterable[str] = ()) -> tuple[ir.Unit, ...]:
    """The units of accounts, parents first, and further ones that may be empty."""
    paths = {""}
    for path in (*units.values(), *more):
        parts = path.split("/") if path else []
        paths |= {"/".join(parts[:n]) for n in range(1, len(parts) + 1)}
    parents = {path: path.rpartition("/")[0] if path else None for path in sorted(paths)}
    return tuple(
        ir.Unit(
            path,
            parent,
            tuple(child for child, above in parents.items() if above == path),
            tuple(sorted(account for account, unit in units.items() if unit == path)),
        )
        for path, parent in parents.items()
    )


def levels(made: ir.Model, files: Files, account: str) -> list[Level]:
    """The policies that are attached along an account's path, read from the files that were emitted."""
    attached = json.loads(files["organizations/attachments.json"])
    texts = {one["name"]: files[f"organizations/{one['document']}"].decode() for one in attached["policies"]}
    parts = made.accounts[account].unit.split("/") if made.accounts[account].unit else []
    units = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]

    def at(kind: Any, target: str, member: str) -> Level:
        here = [
            name
            for one in attached["attachments"]
            if (one["targets"]["root"] if member == "root" else target in one["targets"][member])
            for name in one["policies"]
        ]
        return Level(kind, target, tuple(Attached(name, text=texts[name]) for name in here))

    return [
        at("ROOT", "root", "root"),
        *(at("OU", unit, "units") for unit in units),
        at("ACCOUNT", account, "accounts"),
    ]


def effective(made: ir.Model, files: Files, account: str) -> Plans:
    """The plans that an account ends up with, by Region and name, in normal form."""
    answer = evaluate(levels(made, files, account))
    assert isinstance(answer, Effective), answer
    found: Plans = {}
    for name, body in answer.document.get("plans", {}).items():
        for region in body["regions"]:
            found[region, name.removesuffix(f"-{min(body['regions'])}")] = _plan_of_policy(body)
    return found


def wanted(made: ir.Model, account: str) -> Plans:
    """The plans that the accounts target makes in an account, by Region and name, in normal form."""
    found: Plans = {}
    for shape in made.shapes:
        if account in shape.accounts:
            document = shape_of(shape).document()
            for one in document["plans"]:
                name = one["BackupPlan"]["BackupPlanName"]
                chosen = [s["BackupSelection"] for s in document["selections"] if s["BackupPlanName"] == name]
                found[shape.region, name] = _plan_of_build(one, chosen)
    return found


def _plan_of_policy(body: Mapping[str, Any]) -> Any:
    """One plan of an effective policy."""
    return {
        "rules": {name: _rule_of_policy(one) for name, one in body["rules"].items()},
        "tags": _tags(body.get("backup_plan_tags", {})),
        "advanced": {
            (kind, option): value
            for kind, options in body.get("advanced_backup_settings", {}).items()
            for option, value in options.items()
        },
        "scan": [(one["resource_types"], one["scanner_role_arn"]) for one in body.get("scan_settings", {}).values()],
        "selections": sorted(
            [_selected(one["iam_role_arn"], one.get("resource_types", ()), one.get("not_resource_types", ()), (),
                       _conditions(one)) for one in body["selections"].get("resources", {}).values()]
            + [_selected(one["iam_role_arn"], (), (), [(one["tag_key"], value) for value in one["tag_value"]],
                         _conditions(one)) for one in body["selections"].get("tags", {}).values()]
        ),
    }  # fmt: skip


def _rule_of_policy(body: Mapping[str, Any]) -> Any:
    return {
        "schedule": (body["schedule_expression"], "UTC"),
        "vault": body["target_backup_vault_name"],
        "windows": (int(body["start_backup_window_minutes"]), int(body["complete_backup_window_minutes"])),
        "continuous": body.get("enable_continuous_backup") == "true",
        "lifecycle": _days(body.get("lifecycle", {})),
        "copies": {
            one["target_backup_vault_arn"]: _days(one.get("lifecycle", {}))
            for one in body.get("copy_actions", {}).values()
        },
        "tags": _tags(body.get("recovery_point_tags", {})),
        "air_gapped": body.get("target_logically_air_gapped_backup_vault_arn"),
        "index": body.get("index_actions", {}).get("resource_types", []),
        "scan": [one["scan_mode"] for one in body.get("scan_actions", {}).values()],
    }  # fmt: skip


def _days(body: Mapping[str, str]) -> Any:
    return (
        int(body.get("move_to_cold_storage_after_days", 0)),
        int(body.get("delete_after_days", 0)),
        body.get("opt_in_to_archive_for_supported_resources") == "true",
    )


def _tags(body: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {one["tag_key"]: one["tag_value"] for one in body.values()}


def _conditions(body: Mapping[str, Any]) -> list[Any]:
    return [
        (operator, one["condition_key"], one["condition_value"])
        for operator, entries in body.get("conditions", {}).items()
        for one in entries.values()
    ]


def _selected(role: str, types: Any, without: Any, tags: Any, conditions: Any) -> Any:
    return role, sorted(set(types)), sorted(set(without)), sorted(set(tags)), sorted(conditions)


_OPERATORS = {
    "StringEquals": "string_equals",
    "StringNotEquals": "string_not_equals",
    "StringLike": "string_like",
    "StringNotLike": "string_not_like",
}
_ADVANCED = {"WindowsVSS": "windows_vss", "BackupACLs": "backup_acls", "BackupObjectTags": "backup_object_tags"}


def _plan_of_build(one: Mapping[str, Any], chosen: Iterable[Mapping[str, Any]]) -> Any:
    """One plan of a build's shape."""
    body = one["BackupPlan"]
    return {
        "rules": {rule["RuleName"].lower(): _rule_of_build(rule) for rule in body["Rules"]},
        "tags": one["BackupPlanTags"],
        "advanced": {
            (settings["ResourceType"].lower(), _ADVANCED[option]): value
            for settings in body.get("AdvancedBackupSettings", ())
            for option, value in settings["BackupOptions"].items()
        },
        "scan": [(s["ResourceTypes"], s["ScannerRoleArn"]) for s in body.get("ScanSettings", ())],
        "selections": sorted(part for selection in chosen for part in _parts(selection)),
    }


def _rule_of_build(body: Mapping[str, Any]) -> Any:
    own = (body.get("TargetLogicallyAirGappedBackupVaultArn") or "").split(":")
    return {
        "schedule": (body["ScheduleExpression"], body["ScheduleExpressionTimezone"]),
        "vault": body["TargetBackupVaultName"],
        "windows": (body["StartWindowMinutes"], body["CompletionWindowMinutes"]),
        "continuous": body["EnableContinuousBackup"],
        "lifecycle": _lifecycle(body),
        "copies": {copy["DestinationBackupVaultArn"]: _lifecycle(copy) for copy in body["CopyActions"]},
        "tags": body["RecoveryPointTags"],
        "air_gapped": ":".join([*own[:3], "$region", *own[4:]]) if own[1:] else None,
        "index": [name for action in body.get("IndexActions", ()) for name in action["ResourceTypes"]],
        "scan": [action["ScanMode"] for action in body.get("ScanActions", ())],
    }


def _lifecycle(body: Mapping[str, Any]) -> Any:
    said = body.get("Lifecycle") or {}
    names = ("MoveToColdStorageAfterDays", "DeleteAfterDays", "OptInToArchiveForSupportedResources")
    cold, delete, archive = (said.get(name) for name in names)
    return cold or 0, delete or 0, bool(archive)


def _parts(body: Mapping[str, Any]) -> Iterable[Any]:
    """A selection as the union of one by types and one for each key of its tags."""
    conditions = [
        (_OPERATORS[operator], entry["ConditionKey"], entry["ConditionValue"])
        for operator, entries in (body.get("Conditions") or {}).items()
        for entry in entries
    ]
    role = body["IamRoleArn"]
    if body["Resources"]:
        yield _selected(role, body["Resources"], body["NotResources"], (), conditions)
    tags = [(entry["ConditionKey"], entry["ConditionValue"]) for entry in body["ListOfTags"]]
    for key in sorted({key for key, _ in tags}):
        yield _selected(role, (), (), [pair for pair in tags if pair[0] == key], conditions)


class Making:
    """Builds models, and reads what was emitted from them."""

    role = ROLE
    rule = staticmethod(rule)
    selection = staticmethod(selection)
    plan = staticmethod(plan)
    copy_to = staticmethod(copy_to)
    model = staticmethod(model)
    effective = staticmethod(effective)
    wanted = staticmethod(wanted)
    levels = staticmethod(levels)


@pytest.fixture(scope="session")
def making() -> type[Making]:
    """The words for building a model and for reading what came of it."""
    return Making


@pytest.fixture(scope="session")
def emitted() -> Callable[[ir.Model], dict[str, bytes]]:
    """The files of the target."""
    from backstay.emit import organizations

    return lambda made: dict(organizations.emit(made))
