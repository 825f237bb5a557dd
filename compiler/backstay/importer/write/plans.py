"""Plans back to `Plan(…)` with their rules, copies and selections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay.importer.found import REMARKS, Unknown
from backstay.importer.settle.open import first_open
from backstay.importer.write.code import Atom, Code, call, items, noted, text
from backstay.importer.write.conditions import select
from backstay.importer.write.desk import Desk, known, undecided
from backstay.importer.write.durations import days, minutes
from backstay.importer.write.schedules import schedule
from backstay.importer.write.things import OWN_ACCOUNT, Thing
from backstay_aws import arns

DEFAULT_ROLE = "service-role/AWSBackupDefaultServiceRole"
DEFAULT_VAULT = "Default"
"""The vault that AWS's console makes (user guide, "Backup vault creation and deletion", read 2026-11)."""
DEFAULT_SCHEDULE = "cron(0 5 ? * * *)"
START_WINDOW = 480
COMPLETION_WINDOW = 10_080
"""What AWS takes for a rule that does not say; windows in minutes (Backup API `BackupRuleInput`, read 2026-11)."""
WITHOUT_RULES = "backstay: allow plan-without-rules — its rules are not among what was imported"
NO_VAULT = "the source names no vault; this is the one that AWS's console makes"

_OPTIONS: Mapping[tuple[str, str], str] = {
    # (type, option of AdvancedBackupSettings) → keyword of Plan
    ("EC2", "WindowsVSS"): "vss",
    ("S3", "BackupACLs"): "s3_acls",
    ("S3", "BackupObjectTags"): "s3_tags",
}


@dataclass(frozen=True, slots=True)
class Plans:
    """Writes plans. `vault` gives the source that stands for a vault: by name, or for a copy by its ARN.

    `unnamed` gives that of a vault whose name is undecided, if the file declares it.
    """

    desk: Desk
    vault: Callable[[str], Code]
    unnamed: Callable[[Unknown], Code | None]
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
        rules = body.get("Rules") or ()
        if isinstance(rules, Unknown):
            notes.append(f"left out: its rules; {undecided(rules)}")
            rules = ()
        if not rules and not changes:
            notes.append(WITHOUT_RULES)
        code = call(
            "Plan",
            self.desk.text(body.get("BackupPlanName", thing.name)),
            rules=items(self._rule(rule, whole=not changes) for rule in rules) if rules else None,
            select=items(selects) if selects else None,
            role=None if common in (None, DEFAULT_ROLE) else role_code(common, self.desk),
            tags=self.desk.pairs(thing.body.get("BackupPlanTags")),
            scan=self._scan(body, notes),
            **options,
        )
        return noted(code, (*thing.notes, *notes))

    def _select(self, body: Mapping[str, Any], notes: tuple[str, ...], silent: tuple[object, ...]) -> Code:
        """A selection; `silent` are the roles that it need not name: its plan's, or AWS's own."""
        role = role_name(body, self.desk)
        code = None if role in silent else role_code(role, self.desk)
        return noted(select(body, code, self.desk), notes)

    def _rule(self, rule: Mapping[str, Any], *, whole: bool) -> Code:
        """A rule; one that is not `whole` changes an inherited one, and may be without a vault of its own."""
        desk = self.desk
        zone, notes = known(rule, "ScheduleExpressionTimezone"), list(_left_out(rule))
        code = call(
            "Rule",
            desk.text(rule.get("RuleName", "rule")),
            at=self._at(rule, zone),
            into=self._into(rule.get("TargetBackupVaultName"), whole=whole),
            into_air_gapped=desk.value(
                rule.get("TargetLogicallyAirGappedBackupVaultArn"), self.air_gapped, notes, "into_air_gapped"
            ),
            **self._lifecycle(rule, notes),
            start_within=desk.stood_in(rule.get("StartWindowMinutes"), minutes, minutes(START_WINDOW)),
            complete_within=desk.stood_in(rule.get("CompletionWindowMinutes"), minutes, minutes(COMPLETION_WINDOW)),
            continuous=desk.stood_in(rule.get("EnableContinuousBackup"), _flag, _flag(False)),
            index=self._index(rule, notes),
            scan=self._mode(rule, notes),
            tags=desk.pairs(rule.get("RecoveryPointTags")),
            copies=items(self._copy(one) for one in rule["CopyActions"]) if rule.get("CopyActions") else None,
        )
        return noted(code, notes)

    def _at(self, rule: Mapping[str, Any], zone: str | None) -> Code | None:
        own = schedule(DEFAULT_SCHEDULE, zone)
        code = self.desk.stood_in(_expression(rule), lambda one: schedule(str(one), zone), own)
        open_ = rule.get("ScheduleExpressionTimezone")
        if code is None or not isinstance(open_, Unknown):
            return code
        return noted(code, (f"its time zone {undecided(open_, 'UTC, which is what AWS takes without one')}",))

    def _into(self, vault: Any, *, whole: bool) -> Code | None:
        """A rule's vault; one that is not known is the one that AWS's console makes."""
        if vault is None:
            return noted(text(DEFAULT_VAULT), (NO_VAULT,)) if whole else None
        declared = self.unnamed(vault) if isinstance(vault, Unknown) else None
        return declared or self.desk.stood_in(vault, self.vault, text(DEFAULT_VAULT))

    def _copy(self, copy: Mapping[str, Any]) -> Code:
        notes: list[str] = []
        to = self.desk.value(copy.get("DestinationBackupVaultArn"), self.destination, notes, "to")
        return noted(call("Copy", to=to, **self._lifecycle(copy, notes)), notes)

    def _lifecycle(self, body: Mapping[str, Any], notes: list[str]) -> dict[str, Code | None]:
        """How long recovery points are kept. What is undecided is left out: nobody but the source may choose it."""
        desk, lifecycle = self.desk, body.get("Lifecycle")
        if isinstance(lifecycle, Unknown) or not lifecycle:
            return {"keep": desk.value(lifecycle or None, days, notes, "keep")}
        cold, kept = (_positive(lifecycle.get(one)) for one in ("MoveToColdStorageAfterDays", "DeleteAfterDays"))
        return {
            "cold_after": desk.value(cold, days, notes, "cold_after"),
            "keep": desk.value(kept, days, notes, "keep"),
            "archive": desk.stood_in(lifecycle.get("OptInToArchiveForSupportedResources"), _flag, _flag(False)),
        }

    def _index(self, rule: Mapping[str, Any], notes: list[str]) -> Code | None:
        actions = rule.get("IndexActions") or ()
        types = actions if isinstance(actions, Unknown) else actions[0].get("ResourceTypes") if actions else None
        return self.desk.texts(types, notes, "index")

    def _mode(self, rule: Mapping[str, Any], notes: list[str]) -> Code | None:
        actions = rule.get("ScanActions") or ()
        mode = actions if isinstance(actions, Unknown) else actions[0].get("ScanMode") if actions else None
        return self.desk.value(mode, text, notes, "scan")

    def _scan(self, body: Mapping[str, Any], notes: list[str]) -> Code | None:
        """What scans for malware; it is left out unless all of it is known, for none of it has a default."""
        settings = body.get("ScanSettings") or ()
        unknown = first_open(settings)
        if unknown is not None:
            notes.append(f"left out: `scan`; {undecided(unknown)}")
        if unknown is not None or not settings:
            return None
        one = settings[0]
        role = role_code(_name(str(one.get("ScannerRoleArn", "")), self.desk), self.desk)
        return call("Scan", types=self.desk.texts(one.get("ResourceTypes"), notes, "types"), role=role)

    def _options(self, body: Mapping[str, Any]) -> tuple[dict[str, Code], list[str]]:
        options: dict[str, Code] = {}
        notes: list[str] = []
        settings = body.get("AdvancedBackupSettings") or ()
        if isinstance(settings, Unknown):
            return {}, [f"left out: its advanced backup settings; {undecided(settings)}"]
        for setting in settings:
            kind, said = str(setting.get("ResourceType")), setting.get("BackupOptions") or {}
            if isinstance(said, Unknown):
                notes.append(f"left out: the options of {kind}; {undecided(said)}")
            for option, value in said.items() if isinstance(said, Mapping) else ():
                keyword = _OPTIONS.get((kind, option))
                if keyword is not None:
                    code = self.desk.value(value, _enabled, notes, keyword)
                    options |= {keyword: code} if code is not None else {}
                else:
                    notes.append(f"left out: the option {option}={value} of {kind}")
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
    yield from rule.get(REMARKS, ())
    actions = rule.get("ScanActions")
    for action in actions[1:] if isinstance(actions, list) else ():
        yield f"left out: a second scan, {action.get('ScanMode')}; a rule has one here"


def _positive(value: Any) -> Any:
    """Days; `-1` is AWS's other spelling of none (of a copy: as long as the source)."""
    return None if isinstance(value, int) and value < 0 else value


def _flag(value: Any) -> Code:
    return Atom(repr(bool(value)))


def _enabled(value: Any) -> Code:
    return Atom(repr(str(value).lower() == "enabled"))


def role_name(selection: Mapping[str, Any], desk: Desk) -> object:
    """A role by its name with path, if it is the account's own; else its ARN, or the unknown."""
    arn = selection.get("IamRoleArn")
    return DEFAULT_ROLE if arn is None else arn if isinstance(arn, Unknown) else _name(str(arn), desk)


def _name(arn: str, desk: Desk) -> str:
    parsed = arns.parse(arn)
    own = parsed is not None and parsed.account in (OWN_ACCOUNT, "") and parsed.partition == desk.partition
    return parsed.resource.removeprefix("role/") if parsed is not None and own else arn


def role_code(role: object, desk: Desk) -> Code:
    """A role's source; an undecided one is AWS's own until somebody says better."""
    return desk.stood_in(role, desk.text, text(DEFAULT_ROLE)) or text(DEFAULT_ROLE)
