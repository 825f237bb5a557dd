"""Plans back to `Plan(…)` with their rules, copies and selections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay.importer.found import Unknown
from backstay.importer.write.code import Atom, Code, call, items, noted, text
from backstay.importer.write.conditions import select
from backstay.importer.write.desk import Desk, known
from backstay.importer.write.durations import days, minutes
from backstay.importer.write.schedules import schedule
from backstay.importer.write.things import OWN_ACCOUNT, Thing
from backstay_aws import arns

DEFAULT_ROLE = "service-role/AWSBackupDefaultServiceRole"
DEFAULT_SCHEDULE = "cron(0 5 ? * * *)"
"""What AWS takes for a rule without a schedule (Backup API `BackupRuleInput`, read 2026-11)."""

_OPTIONS: Mapping[tuple[str, str], str] = {
    # (type, option of AdvancedBackupSettings) → keyword of Plan
    ("EC2", "WindowsVSS"): "vss",
    ("S3", "BackupACLs"): "s3_acls",
    ("S3", "BackupObjectTags"): "s3_tags",
}


@dataclass(frozen=True, slots=True)
class Plans:
    """Writes plans. `vault` gives the source that stands for a vault: by name, or for a copy by its ARN."""

    desk: Desk
    vault: Callable[[str], Code]
    destination: Callable[[str], Code]
    air_gapped: Callable[[str], Code]

    def plan(self, thing: Thing) -> Code:
        """A plan with its selections. One that changes an inherited plan names roles at its selections only."""
        body = thing.body.get("BackupPlan", thing.body)
        chosen = _named_apart([part.body.get("BackupSelection", part.body) for part in thing.parts])
        roles = list(dict.fromkeys(role_name(one, self.desk) for one in chosen))
        changes = any(scope.extends is not None for scope in thing.scopes)
        common = roles[0] if len(roles) == 1 and not changes else None
        silent = (common, None if changes else DEFAULT_ROLE)
        selects = [self._select(one, part.notes, silent) for one, part in zip(chosen, thing.parts, strict=True)]
        options, notes = self._options(body)
        code = call(
            "Plan",
            self.desk.text(body.get("BackupPlanName", thing.name)),
            rules=items(self._rule(rule) for rule in body.get("Rules") or ()) if body.get("Rules") else None,
            select=items(selects) if selects else None,
            role=None if common in (None, DEFAULT_ROLE) else role_code(common, self.desk),
            tags=self.desk.pairs(thing.body.get("BackupPlanTags")),
            scan=self._scan(body),
            **options,
        )
        return noted(code, (*thing.notes, *notes))

    def _select(self, body: Mapping[str, Any], notes: tuple[str, ...], silent: tuple[object, ...]) -> Code:
        """A selection; `silent` are the roles that it need not name: its plan's, or AWS's own."""
        role = role_name(body, self.desk)
        code = None if role in silent else role_code(role, self.desk)
        return noted(select(body, code, self.desk), notes)

    def _rule(self, rule: Mapping[str, Any]) -> Code:
        desk = self.desk
        zone = known(rule, "ScheduleExpressionTimezone")
        into, notes = known(rule, "TargetBackupVaultName"), list(_left_out(rule))
        code = call(
            "Rule",
            desk.text(rule.get("RuleName", "rule")),
            at=desk.value(_expression(rule), lambda one: schedule(str(one), zone)),
            into=self.vault(into) if into is not None else desk.value(rule.get("TargetBackupVaultName"), self.vault),
            into_air_gapped=desk.value(rule.get("TargetLogicallyAirGappedBackupVaultArn"), self.air_gapped),
            **self._lifecycle(rule),
            start_within=desk.value(rule.get("StartWindowMinutes"), minutes),
            complete_within=desk.value(rule.get("CompletionWindowMinutes"), minutes),
            continuous=desk.value(rule.get("EnableContinuousBackup"), _flag),
            index=self._index(rule, notes),
            scan=self._mode(rule),
            tags=desk.pairs(rule.get("RecoveryPointTags")),
            copies=items(self._copy(one) for one in rule["CopyActions"]) if rule.get("CopyActions") else None,
        )
        return noted(code, notes)

    def _copy(self, copy: Mapping[str, Any]) -> Code:
        to = self.desk.value(copy.get("DestinationBackupVaultArn"), self.destination)
        return call("Copy", to=to, **self._lifecycle(copy))

    def _lifecycle(self, body: Mapping[str, Any]) -> dict[str, Code | None]:
        lifecycle = body.get("Lifecycle")
        if isinstance(lifecycle, Unknown) or not lifecycle:
            return {"keep": self.desk.value(lifecycle or None, days)}
        kept = lifecycle.get("DeleteAfterDays")
        return {
            "cold_after": self.desk.value(_positive(lifecycle.get("MoveToColdStorageAfterDays")), days),
            "keep": self.desk.value(_positive(kept), days),
            "archive": self.desk.value(lifecycle.get("OptInToArchiveForSupportedResources"), _flag),
        }

    def _index(self, rule: Mapping[str, Any], notes: list[str]) -> Code | None:
        actions = rule.get("IndexActions")
        if isinstance(actions, Unknown) or not actions:
            return None
        types = actions[0].get("ResourceTypes")
        return self.desk.texts(types, notes, "index")

    def _mode(self, rule: Mapping[str, Any]) -> Code | None:
        actions = rule.get("ScanActions")
        return (
            None if isinstance(actions, Unknown) or not actions else self.desk.value(actions[0].get("ScanMode"), text)
        )

    def _scan(self, body: Mapping[str, Any]) -> Code | None:
        settings = body.get("ScanSettings")
        if isinstance(settings, Unknown) or not settings:
            return None
        one = settings[0]
        role = self.desk.value(one.get("ScannerRoleArn"), lambda arn: role_code(_name(str(arn), self.desk), self.desk))
        notes: list[str] = []
        return noted(call("Scan", types=self.desk.texts(one.get("ResourceTypes"), notes, "types"), role=role), notes)

    def _options(self, body: Mapping[str, Any]) -> tuple[dict[str, Code], list[str]]:
        options: dict[str, Code] = {}
        notes: list[str] = []
        settings = body.get("AdvancedBackupSettings")
        for setting in settings if isinstance(settings, list) else ():
            for option, value in (setting.get("BackupOptions") or {}).items():
                keyword = _OPTIONS.get((str(setting.get("ResourceType")), option))
                if keyword is not None:
                    code = self.desk.value(value, lambda one: Atom(repr(str(one).lower() == "enabled")))
                    options |= {keyword: code} if code is not None else {}
                else:
                    notes.append(f"left out: the option {option}={value} of {setting.get('ResourceType')}")
        return options, notes


def _expression(rule: Mapping[str, Any]) -> Any:
    """When a rule starts. A zone alone reads AWS's own schedule in it; without either, nothing need be said."""
    zoned = rule.get("ScheduleExpressionTimezone") not in (None, "UTC")
    return rule.get("ScheduleExpression", DEFAULT_SCHEDULE if zoned else None)


def _named_apart(selections: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The selections, each with a name of its own, as the language has it: `name`, `name-2`, ….

    A selection that stays one by itself may not be called as the second of another would be; the resolver says so.
    """
    seen: Counter[str] = Counter()
    found = []
    for one in selections:
        name = one.get("SelectionName")
        label = name.name if isinstance(name, Unknown) else str(name)
        seen[label] += 1
        twice = seen[label] > 1 and isinstance(name, str)
        found.append({**one, "SelectionName": f"{name}-{seen[label]}"} if twice else one)
    return found


def _left_out(rule: Mapping[str, Any]) -> Iterator[str]:
    actions = rule.get("ScanActions")
    for action in actions[1:] if isinstance(actions, list) else ():
        yield f"left out: a second scan, {action.get('ScanMode')}; a rule has one here"


def _positive(value: Any) -> Any:
    """Days; `-1` is AWS's other spelling of none (of a copy: as long as the source)."""
    return None if isinstance(value, int) and value < 0 else value


def _flag(value: Any) -> Code:
    return Atom(repr(bool(value)))


def role_name(selection: Mapping[str, Any], desk: Desk) -> object:
    """A role by its name with path, if it is the account's own; else its ARN, or the unknown."""
    arn = selection.get("IamRoleArn")
    return DEFAULT_ROLE if arn is None else arn if isinstance(arn, Unknown) else _name(str(arn), desk)


def _name(arn: str, desk: Desk) -> str:
    parsed = arns.parse(arn)
    own = parsed is not None and parsed.account in (OWN_ACCOUNT, "") and parsed.partition == desk.partition
    return parsed.resource.removeprefix("role/") if parsed is not None and own else arn


def role_code(role: object, desk: Desk) -> Code:
    """A role's source; an undecided one is a parameter."""
    return desk.value(role, desk.text) or text(DEFAULT_ROLE)
