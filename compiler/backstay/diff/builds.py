"""A build as one side of a comparison: plans, selections and vaults as a model, the rest as the documents have it.

Places are those of the build's provenance, where it has any.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backstay import ir
from backstay.diff.sided import Sided
from backstay_aws import arns
from backstay_aws.lifecycle import Lifecycle
from backstay_aws.selection import from_api
from backstay_contract.findings import Span

Body = Mapping[str, Any]


class BuildError(Exception):
    """A build that cannot be read; the message names the file and what is wrong."""


def is_build(folder: Path) -> bool:
    """Whether a folder is a build."""
    return (folder / "index.json").is_file() and (folder / "shapes").is_dir()


def read(folder: Path) -> Sided:
    """A build as one side of a comparison. Raises `BuildError`."""
    from pydantic import ValidationError

    from backstay_contract.build import BuildIndex, Shape

    try:
        index = BuildIndex.model_validate(_json(folder / "index.json"))
        used: dict[tuple[str, str], list[str]] = {}
        for account, known in index.accounts.items():
            for region, digest in known.regions.items():
                used.setdefault((digest, region), []).append(account)
        documents = {digest: _json(folder / "shapes" / f"{digest}.json") for digest, _ in used}
        for digest, document in documents.items():
            if document.get("format") != index.format:
                raise BuildError(f"{folder}/shapes/{digest}.json has another format version than this backstay reads")
            Shape.model_validate(document)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = "/".join(str(step) for step in first["loc"])
        raise BuildError(f"{folder}: {place}: {first['msg']}") from None
    places = _Places(folder)
    shapes = tuple(
        _Reader(documents[digest], places.of(digest)).shape(region, tuple(accounts), index)
        for (digest, region), accounts in used.items()
    )
    model = ir.Model(
        index.organization.id,
        index.organization.management_account,
        index.organization.backup_account,
        index.organization.partition,
        index.policies,
        {
            account: ir.AccountFacts(account, known.name, known.unit, (), tuple(known.regions))
            for account, known in index.accounts.items()
        },
        shapes,
        tuple(sorted(index.global_settings.items())),
        None,
        (),
    )
    return Sided(model, tuple(documents[digest] for digest, _ in used))


def _json(path: Path) -> Any:
    try:
        found = json.loads(path.read_bytes())
    except OSError as wrong:
        raise BuildError(f"{path} cannot be read: {wrong.strerror}") from None
    except ValueError as wrong:
        raise BuildError(f"{path} is not JSON: {wrong}") from None
    if not isinstance(found, dict):
        raise BuildError(f"{path} is not what a build has")
    return found


class _Places:
    """Where each value of each shape was written, as far as the build says."""

    def __init__(self, folder: Path) -> None:
        path = folder / "provenance.json"
        self._said = _json(path) if path.is_file() else {"origins": [], "shapes": {}}

    def of(self, digest: str) -> Mapping[str, Span]:
        """JSON pointer → place."""
        rows = self._said["origins"]
        found = {}
        for pointer, number in self._said["shapes"].get(digest, {}).items():
            row = rows[number]
            found[pointer] = Span(row["path"], *(row[name] for name in ("line", "column", "end_line", "end_column")))
        return found


class _Reader:
    def __init__(self, document: Body, places: Mapping[str, Span]) -> None:
        self._document = document
        self._places = places

    def shape(self, region: str, accounts: tuple[str, ...], index: Any) -> ir.Shape:
        """The shape of some accounts."""
        said = self._document
        units = tuple(sorted({index.accounts[account].unit for account in accounts}))
        return ir.Shape(
            region,
            accounts,
            units,
            tuple(self._plan(number, body) for number, body in enumerate(said.get("plans", ()))),
            tuple(self._vault(number, body) for number, body in enumerate(said.get("vaults", ()))),
            tuple(sorted(said.get("region_settings", {}).items())),
            air_gapped_vaults=tuple(
                self._air_gapped(number, body) for number, body in enumerate(said.get("air_gapped_vaults", ()))
            ),
            management=tuple(sorted(said.get("management_preferences", {}).items())),
        )

    def _where(self, pointer: str, members: Mapping[str, str]) -> ir.Where:
        """The place of a part, and of its members by keyword; what was not written stands where the part does."""
        within = [key for key in self._places if key == pointer or key.startswith(f"{pointer}/")]
        whole = self._places.get(pointer) or (self._places[min(within)] if within else None)
        fields = {
            keyword: self._places[f"{pointer}/{member}"]
            for member, keyword in members.items()
            if f"{pointer}/{member}" in self._places
        }
        return ir.Where(whole, fields)

    def _plan(self, number: int, body: Body) -> ir.Plan:
        plan, pointer = body["BackupPlan"], f"/plans/{number}"
        moved = {(one["kind"], one["name"]): one["before"] for one in self._document.get("moved", ())}
        chosen = [
            (at, one)
            for at, one in enumerate(self._document.get("selections", ()))
            if one["BackupPlanName"] == plan["BackupPlanName"]
        ]
        return ir.Plan(
            plan["BackupPlanName"],
            tuple(self._rule(f"{pointer}/BackupPlan/Rules/{at}", one) for at, one in enumerate(plan["Rules"])),
            tuple(self._selection(at, one["BackupSelection"]) for at, one in chosen),
            tuple(sorted(body.get("BackupPlanTags", {}).items())),
            self._where(pointer, {}),
            moved=moved.get(("plan", plan["BackupPlanName"])),
        )

    def _rule(self, pointer: str, body: Body) -> ir.Rule:
        from backstay.ir.members import LIFECYCLE, RULE

        members = {**RULE, "CopyActions": "copies", **{f"Lifecycle/{name}": word for name, word in LIFECYCLE.items()}}
        gapped = body.get("TargetLogicallyAirGappedBackupVaultArn")
        return ir.Rule(
            body["RuleName"],
            body.get("ScheduleExpression", "cron(0 5 ? * * *)"),
            body.get("ScheduleExpressionTimezone", "UTC"),
            "ScheduleExpression" in body,
            body["TargetBackupVaultName"],
            body.get("StartWindowMinutes", 480),
            body.get("CompletionWindowMinutes", 10080),
            _lifecycle(body.get("Lifecycle")),
            body.get("EnableContinuousBackup", False),
            tuple(self._copy(f"{pointer}/CopyActions/{at}", one) for at, one in enumerate(body.get("CopyActions", ()))),
            tuple(sorted(body.get("RecoveryPointTags", {}).items())),
            self._where(pointer, members),
            air_gapped=_reference(gapped) if gapped else None,
        )

    def _copy(self, pointer: str, body: Body) -> ir.Copy:
        where = self._where(pointer, {"Lifecycle/DeleteAfterDays": "keep", "DestinationBackupVaultArn": "to"})
        return ir.Copy(_reference(body["DestinationBackupVaultArn"]), _lifecycle(body.get("Lifecycle")), where)

    def _selection(self, number: int, body: Body) -> ir.PlanSelection:
        pointer = f"/selections/{number}/BackupSelection"
        inner = {key.removeprefix(pointer): span for key, span in self._places.items() if key.startswith(f"{pointer}/")}
        whole = self._where(pointer, {}).span or self._where(f"/selections/{number}", {}).span
        return ir.PlanSelection(body["SelectionName"], body["IamRoleArn"], from_api(body), (), ir.Where(whole, inner))

    def _vault(self, number: int, body: Body) -> ir.Vault:
        name, where = body["BackupVaultName"], self._where(f"/vaults/{number}", {"EncryptionKeyArn": "key"})
        policy, place = self._of("vault_access_policies", name)
        moved = [
            one["before"] for one in self._document.get("moved", ()) if (one["kind"], one["name"]) == ("vault", name)
        ]
        return ir.Vault(
            name,
            body.get("EncryptionKeyArn"),
            tuple(sorted(body.get("BackupVaultTags", {}).items())),
            self._lock(name),
            policy["Policy"] if policy else None,
            place,
            self._notifications(name),
            False,
            where,
            next(iter(moved), None),
        )

    def _of(self, noun: str, name: str) -> tuple[Body | None, ir.Where | None]:
        for number, body in enumerate(self._document.get(noun, ())):
            if body["BackupVaultName"] == name:
                return body, self._where(f"/{noun}/{number}", {})
        return None, None

    def _lock(self, name: str) -> ir.Lock | None:
        body, place = self._of("vault_locks", name)
        if body is None or place is None:
            return None
        grace = body.get("ChangeableForDays")
        mode = "governance" if grace is None else "compliance"
        return ir.Lock(mode, body.get("MinRetentionDays"), body.get("MaxRetentionDays"), grace, None, place)  # type: ignore[arg-type]

    def _notifications(self, name: str) -> ir.Notifications | None:
        body, place = self._of("vault_notifications", name)
        if body is None or place is None:
            return None
        return ir.Notifications(body["SNSTopicArn"], tuple(body["BackupVaultEvents"]), place)

    def _air_gapped(self, number: int, body: Body) -> ir.AirGappedVault:
        policy, place = self._of("vault_access_policies", body["BackupVaultName"])
        return ir.AirGappedVault(
            body["BackupVaultName"],
            body["MinRetentionDays"],
            body["MaxRetentionDays"],
            body.get("EncryptionKeyArn"),
            tuple(sorted(body.get("BackupVaultTags", {}).items())),
            policy["Policy"] if policy else None,
            place,
            self._notifications(body["BackupVaultName"]),
            False,
            self._where(f"/air_gapped_vaults/{number}", {}),
        )


def _lifecycle(body: Body | None) -> Lifecycle:
    said = body or {}
    archive = bool(said.get("OptInToArchiveForSupportedResources"))
    return Lifecycle(said.get("MoveToColdStorageAfterDays"), said.get("DeleteAfterDays"), archive)


def _reference(arn: str) -> ir.VaultRef:
    parsed = arns.parse(arn)
    if parsed is None:
        raise BuildError(f"{arn!r} is no ARN of a vault")
    return ir.VaultRef(parsed.account, parsed.region, parsed.resource.removeprefix("backup-vault:"), arn)
