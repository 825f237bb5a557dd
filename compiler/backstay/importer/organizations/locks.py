"""What a policy's child controls forbid: as `final=` where that means the same, else in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backstay.importer.organizations.document import Settled
from backstay.source.text import DataPath
from backstay_aws.effective.grammar import ALL, ASSIGN

FIELDS: Mapping[str, str] = {
    # key of a rule or its lifecycle → field of Rule
    "schedule_expression": "at",
    "target_backup_vault_name": "into",
    "target_logically_air_gapped_backup_vault_arn": "into_air_gapped",
    "start_backup_window_minutes": "start_within",
    "complete_backup_window_minutes": "complete_within",
    "enable_continuous_backup": "continuous",
    "move_to_cold_storage_after_days": "cold_after",
    "delete_after_days": "keep",
    "opt_in_to_archive_for_supported_resources": "archive",
}
Controls = Mapping[DataPath, tuple[str, ...]]


def spelled(settled: Settled, plan: str, rules: Iterable[str]) -> Settled:
    """What a document says of one plan, with the names of that plan and of these rules as they are spelt here."""
    known = {rule.lower(): rule for rule in rules}
    said: Mapping[str, Any] = next((one for name, one in settled.plans.items() if name.lower() == plan.lower()), {})
    own = {known.get(name.lower(), name): rule for name, rule in (said.get("rules") or {}).items()}
    controls = {
        (plan, *_renamed(path[1:], known)): allowed
        for path, allowed in settled.controls.items()
        if path and str(path[0]).lower() == plan.lower()
    }
    return Settled({plan: {**said, **({"rules": own} if own else {})}}, controls)


def _renamed(path: DataPath, rules: Mapping[str, str]) -> DataPath:
    if path[:1] != ("rules",) or len(path) < 2:
        return path
    return ("rules", rules.get(str(path[1]).lower(), path[1]), *path[2:])


def final(name: str, plan: Mapping[str, Any], controls: Controls, *, partly: bool = False) -> tuple[str, ...]:
    """The paths of one plan that nobody below may change. `partly`: the document says only a part of the plan."""
    if not partly and _whole((name,), plan, controls):
        return (f"plans.{name}",)
    return tuple(dict.fromkeys(_rules(name, plan, controls, partly=partly)))


def left(name: str, plan: Mapping[str, Any], controls: Controls) -> tuple[str, ...]:
    """What is said of the controls that no `final=` stands for."""
    here = {path: allowed for path, allowed in controls.items() if path[:1] == (name,) and ALL not in allowed}
    if not here or _whole((name,), plan, controls):
        return ()
    rules = plan.get("rules") or {}
    said = {path for path in here if not (_becomes(path, here[path]) and _said(rules.get(path[2]), path[3:]))}
    if not said:
        return ()
    listed = ", ".join(sorted("/".join(str(part) for part in path[1:]) or "the plan itself" for path in said)[:3])
    more = f" and {len(said) - 3} more" if len(said) > 3 else ""
    return (f"the source limits what policies below may do at {listed}{more}; Backstay freezes fields (`final=`) only",)


def _whole(path: DataPath, value: Any, controls: Controls) -> bool:
    """Whether everything from here down is locked."""
    if not _locked(controls.get(path)):
        return False
    return not isinstance(value, Mapping) or all(_whole((*path, key), item, controls) for key, item in value.items())


def _rules(name: str, plan: Mapping[str, Any], controls: Controls, *, partly: bool) -> Iterator[str]:
    for rule, said in (plan.get("rules") or {}).items():
        at = (name, "rules", rule)
        if not partly and _whole(at, said, controls):
            yield f"plans.{name}.rules.{rule}"
            continue
        for path in controls:
            if path[:3] == at and _becomes(path, controls[path]) and _said(said, path[3:]):
                yield f"plans.{name}.rules.{rule}.{FIELDS[str(path[-1])]}"


def _becomes(path: DataPath, allowed: tuple[str, ...]) -> bool:
    field = len(path) == 4 or (len(path) == 5 and path[3] == "lifecycle")
    return field and path[1] == "rules" and str(path[-1]) in FIELDS and _locked(allowed)


def _said(rule: Any, path: DataPath) -> bool:
    for key in path:
        rule = rule.get(key) if isinstance(rule, Mapping) else None
    return rule is not None


def _locked(allowed: tuple[str, ...] | None) -> bool:
    return allowed is not None and ALL not in allowed and ASSIGN not in allowed
