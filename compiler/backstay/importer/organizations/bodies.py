"""Plans of a backup policy as the plans and selections that AWS Backup makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstay.importer.cloudformation.leaves import NO_NUMBER
from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Found, Scope, Unknown
from backstay.importer.organizations.document import Document
from backstay.importer.organizations.placed import OPERATORS, of_plan, of_selection
from backstay.importer.problem import problem
from backstay.source.text import DataPath
from backstay_aws.selection import TAG_PREFIX
from backstay_contract.findings import Finding

_RULE: Mapping[str, tuple[str, str]] = {
    # key of a rule → (member of BackupRuleInput, kind of value)
    "target_backup_vault_name": ("TargetBackupVaultName", "text"),
    "target_logically_air_gapped_backup_vault_arn": ("TargetLogicallyAirGappedBackupVaultArn", "text"),
    "schedule_expression": ("ScheduleExpression", "text"),
    "start_backup_window_minutes": ("StartWindowMinutes", "number"),
    "complete_backup_window_minutes": ("CompletionWindowMinutes", "number"),
    "enable_continuous_backup": ("EnableContinuousBackup", "flag"),
}
_LIFECYCLE: Mapping[str, tuple[str, str]] = {
    "move_to_cold_storage_after_days": ("MoveToColdStorageAfterDays", "number"),
    "delete_after_days": ("DeleteAfterDays", "number"),
    "opt_in_to_archive_for_supported_resources": ("OptInToArchiveForSupportedResources", "flag"),
}
_OPTIONS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("ec2", "windows_vss"): ("EC2", "WindowsVSS"),
    ("s3", "backup_acls"): ("S3", "BackupACLs"),
    ("s3", "backup_object_tags"): ("S3", "BackupObjectTags"),
}
EMPTY: Mapping[str, Any] = {}


@dataclass
class Bodies:
    """Makes bodies of settled plans; complaints point into the document."""

    document: Document
    findings: list[Finding] = field(default_factory=list)

    def plan(self, name: str, plan: Mapping[str, Any], scope: Scope, notes: tuple[str, ...] = ()) -> Iterator[Found]:
        """A plan and its selections."""
        at: DataPath = (name,)
        body: dict[str, Any] = {
            "BackupPlan": _present(
                {
                    "BackupPlanName": name,
                    "Rules": [self._rule(rule, said, (*at, "rules", rule)) for rule, said in _items(plan, "rules")],
                    "AdvancedBackupSettings": _advanced(plan.get("advanced_backup_settings") or EMPTY),
                    "ScanSettings": _scans(plan.get("scan_settings") or EMPTY),
                }
            )
        }
        tags = self._tags(plan.get("backup_plan_tags"), (*at, "backup_plan_tags"))
        body |= {"BackupPlanTags": tags} if tags else {}
        yield Found("plan", name, body, self.document.place(at), notes, scope, of_plan(self.document, plan, at))
        yield from self._selections(name, plan.get("selections") or EMPTY, scope)

    def _rule(self, name: str, rule: Mapping[str, Any], at: DataPath) -> dict[str, Any]:
        actions = (rule.get("index_actions") or EMPTY).get("resource_types")
        scan = _first(rule.get("scan_actions") or EMPTY).get("scan_mode")
        return {
            "RuleName": name,
            **_present(
                {
                    **self._leaves(rule, _RULE, at),
                    "Lifecycle": self._leaves(rule.get("lifecycle") or EMPTY, _LIFECYCLE, (*at, "lifecycle")),
                    "CopyActions": [
                        self._copy(arn, copy, (*at, "copy_actions", arn)) for arn, copy in _items(rule, "copy_actions")
                    ],
                    "RecoveryPointTags": self._tags(rule.get("recovery_point_tags"), (*at, "recovery_point_tags")),
                    "IndexActions": [{"ResourceTypes": actions}] if actions else None,
                    "ScanActions": [{"MalwareScanner": "GUARDDUTY", "ScanMode": scan}] if scan else None,
                }
            ),
        }

    def _copy(self, key: str, copy: Mapping[str, Any], at: DataPath) -> dict[str, Any]:
        arn = copy.get("target_backup_vault_arn")
        if arn is None:
            message = f"the copy to `{key}` has no `target_backup_vault_arn`; the key is taken"
            help_ = "Organizations wants both, and equal"
            self.findings.append(
                problem("missing-member", message, self.document.place(at), help=help_, severity="warning")
            )
            arn = key
        lifecycle = self._leaves(copy.get("lifecycle") or EMPTY, _LIFECYCLE, (*at, "lifecycle"))
        return _present({"DestinationBackupVaultArn": self._vault(arn, at), "Lifecycle": lifecycle})

    def _vault(self, arn: Any, at: DataPath) -> Any:
        """The ARN; the form `…:vault:NAME` of old editions of the user guide is no ARN of a vault."""
        if not isinstance(arn, str) or ":vault:" not in arn:
            return arn
        message = f"`{arn}` is no vault's ARN; it is read as `{arn.replace(':vault:', ':backup-vault:')}`"
        self.findings.append(problem("wrong-value", message, self.document.place(at), severity="warning"))
        return arn.replace(":vault:", ":backup-vault:")

    def _leaves(self, said: Mapping[str, Any], table: Mapping[str, tuple[str, str]], at: DataPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, (member, kind) in table.items():
            if key in said:
                value = self._value(said[key], kind, (*at, key))
                found |= {member: value} if value is not None else {}
        return found

    def _value(self, value: Any, kind: str, at: DataPath) -> Any:
        if isinstance(value, Unknown) or kind == "text":
            return value
        if kind == "flag" and str(value).lower() in ("true", "false"):
            return str(value).lower() == "true"
        if kind == "number" and str(value).isascii() and str(value).isdigit():
            return int(value)
        wanted = "true or false" if kind == "flag" else "a whole number"
        self.findings.append(problem("wrong-value", f"`{at[-1]}` is {wanted}, not `{value}`", self.document.place(at)))
        return undecided(str(value), NO_NUMBER, str(at[-1])) if kind == "number" else None

    def _tags(self, said: Any, at: DataPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, tag in (said or EMPTY).items():
            key = tag.get("tag_key", name)
            if isinstance(key, Unknown):
                message = f"the tag `{name}` is left out: its key {key.expression} is a placeholder"
                self.findings.append(problem("undecided-value", message, self.document.place((*at, name))))
            else:
                found[str(key)] = tag.get("tag_value", "")
        return found

    def _selections(self, plan: str, said: Mapping[str, Any], scope: Scope) -> Iterator[Found]:
        for kind in ("tags", "resources"):
            for name, one in _items(said, kind):
                body = {"SelectionName": name, "IamRoleArn": one.get("iam_role_arn"), "Conditions": _conditions(one)}
                if kind == "tags":
                    body["ListOfTags"] = [
                        {
                            "ConditionType": "STRINGEQUALS",
                            "ConditionKey": one.get("tag_key", ""),
                            "ConditionValue": value,
                        }
                        for value in one.get("tag_value") or ()
                    ]
                else:
                    body |= {"Resources": one.get("resource_types"), "NotResources": one.get("not_resource_types")}
                at = (plan, "selections", kind, name)
                whole = {"BackupPlanName": plan, "BackupSelection": _present(body)}
                yield Found(
                    "selection", name, whole, self.document.place(at), (), scope, of_selection(self.document, one, at)
                )


def _conditions(selection: Mapping[str, Any]) -> dict[str, Any]:
    said = selection.get("conditions") or EMPTY
    return {
        member: [
            {"ConditionKey": _prefixed(one.get("condition_key", "")), "ConditionValue": one.get("condition_value", "")}
            for one in said[key].values()
        ]
        for key, member in OPERATORS.items()
        if said.get(key)
    }


def _prefixed(key: Any) -> Any:
    return key if isinstance(key, Unknown) or key.startswith(TAG_PREFIX) else TAG_PREFIX + key


def _advanced(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    options: dict[str, dict[str, Any]] = {}
    for (kind, key), (type_, option) in _OPTIONS.items():
        if key in (said.get(kind) or EMPTY):
            options.setdefault(type_, {})[option] = said[kind][key]
    return [{"ResourceType": type_, "BackupOptions": chosen} for type_, chosen in options.items()]


def _scans(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "MalwareScanner": scanner.upper(),
            "ResourceTypes": one.get("resource_types") or [],
            "ScannerRoleArn": one.get("scanner_role_arn"),
        }
        for scanner, one in said.items()
    ]


def _items(said: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    return list((said.get(key) or EMPTY).items())


def _first(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(said.values()), EMPTY)


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, [], {})}
