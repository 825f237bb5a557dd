"""Whether a merged backup policy can be put into effect; one error withholds all of it.

Codes, paths and messages are those of ListEffectivePolicyValidationErrors (recorded for backup policies, published
2026-09). What AWS Backup refuses later is none of this: a cold-storage transition that leaves too few days, continuous
backup with a transition from another level, a vault or a role that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .grammar import MAX_RULES
from .schedules import archive_flaw
from .settings import Terms
from .together import ARCHIVE_MIN_GAP, CONTINUOUS_MAX_DAYS
from .trace import Trace
from .values import whole

REQUIRED, TOO_FEW, TOO_MANY = "KEY_REQUIRED", "ELEMENTS_TOO_FEW", "ELEMENTS_TOO_MANY"
CROSS = "CROSS_ATTRIBUTE_VALIDATION"


@dataclass(frozen=True, slots=True, order=True)
class EffectiveError:
    """One error of an effective policy: AWS's code, path and message, who contributed, and the reason in our words."""

    path: str
    code: str
    message: str
    contributing: tuple[str, ...]
    reason: str


def errors(plans: Mapping[str, Any], trace: Trace, terms: Terms) -> tuple[EffectiveError, ...]:
    """Everything that is wrong with the document below `plans`, each error once, sorted by path."""
    return tuple(sorted(set(_Judge(trace, terms).plans(plans))))


class _Judge:
    """Judges one document; knows from its trace who said what."""

    def __init__(self, trace: Trace, terms: Terms) -> None:
        self._leaves = {leaf.path: leaf for leaf in trace.leaves}
        self._speakers = trace.speakers
        self._terms = terms

    def plans(self, plans: Mapping[str, Any]) -> Iterator[EffectiveError]:
        """Every plan's errors."""
        for name, plan in plans.items():
            yield from self._plan(plan, f"plans/{name}")

    def _plan(self, plan: Mapping[str, Any], path: str) -> Iterator[EffectiveError]:
        yield from self._required(plan, ("regions", "rules", "selections"), path)
        yield from self._filled(plan, ("regions",), path)
        rules = plan.get("rules", {})
        if len(rules) > MAX_RULES:
            message = f"'rules' exceeds the allowed maximum limit {MAX_RULES}"
            reason = f"the plan has {len(rules)} rules after merging; {MAX_RULES} may be"
            yield self._error(f"{path}/rules", TOO_MANY, message, reason)
        for name, rule in rules.items():
            yield from self._rule(rule, name, f"{path}/rules/{name}")
            if "scan_actions" in rule and "scan_settings" not in plan:
                yield self._scan(name, f"{path}/rules/{name}")
        yield from self._selections(plan.get("selections", {}), f"{path}/selections")

    def _rule(self, rule: Mapping[str, Any], name: str, path: str) -> Iterator[EffectiveError]:
        yield from self._required(rule, ("target_backup_vault_name",), path)
        lifecycle = rule.get("lifecycle", {})
        continuous, keep = rule.get("enable_continuous_backup"), lifecycle.get("delete_after_days")
        if continuous == "true" and _days(keep) > CONTINUOUS_MAX_DAYS:
            reason = f"continuous backup keeps at most {CONTINUOUS_MAX_DAYS} days; after merging it keeps {keep}"
            fields = {"enable_continuous_backup": continuous, "lifecycle/delete_after_days": keep}
            yield self._cross(path, name, fields, reason)
        yield from self._archive(rule, lifecycle, "", name, path)
        for key, copy in rule.get("copy_actions", {}).items():
            yield from self._required(copy, ("target_backup_vault_arn",), f"{path}/copy_actions/{key}")
            yield from self._archive(rule, copy.get("lifecycle", {}), f"copy_actions/{key}/", name, path)

    def _archive(
        self, rule: Mapping[str, Any], lifecycle: Mapping[str, Any], inside: str, name: str, path: str
    ) -> Iterator[EffectiveError]:
        """The archive tier against the days and the schedule. Copies are told at the rule that makes them."""
        flag = "opt_in_to_archive_for_supported_resources"
        if lifecycle.get(flag) != "true":
            return
        opted = {f"{inside}lifecycle/{flag}": "true"}
        keep, cold = lifecycle.get("delete_after_days"), lifecycle.get("move_to_cold_storage_after_days")
        if keep and cold and _days(keep) - _days(cold) < ARCHIVE_MIN_GAP:
            days = {"delete_after_days": keep, "move_to_cold_storage_after_days": cold}
            fields = opted | {f"{inside}lifecycle/{key}": value for key, value in days.items()}
            reason = f"the archive tier asks for {ARCHIVE_MIN_GAP} days between the move to cold storage and deletion"
            yield self._cross(path, name, fields, f"{reason}; after merging {cold} and {keep}")
        schedule = rule.get("schedule_expression")
        if schedule is not None and archive_flaw(schedule, self._terms.now):
            fields = opted | {"schedule_expression": schedule}
            yield self._cross(path, name, fields, "the archive tier asks for backups at least 28 days apart")

    def _scan(self, name: str, path: str) -> EffectiveError:
        said = "scan_actions(undefined),scan_settings(undefined)"
        who = self._who(f"{path}/scan_actions")
        return self._dependent(path, said, name, who, "the rule scans, and the plan has no `scan_settings`")

    def _selections(self, selections: Mapping[str, Any], path: str) -> Iterator[EffectiveError]:
        if len(selections) > 1 and self._terms.settings.both_selections == "refuse":
            said = "tags(undefined),resources(undefined)"
            reason = "a plan selects by tags or by resources, not by both"
            yield self._dependent(path, said, "selections", self._who(path), reason)
        for name, selection in selections.get("tags", {}).items():
            here = f"{path}/tags/{name}"
            yield from self._required(selection, ("iam_role_arn", "tag_key", "tag_value"), here)
            yield from self._filled(selection, ("tag_value",), here)
        for name, selection in selections.get("resources", {}).items():
            here = f"{path}/resources/{name}"
            types = () if "conditions" in selection else ("resource_types",)
            yield from self._required(selection, ("iam_role_arn", *types), here)
            yield from self._filled(selection, types, here)

    def _required(self, node: Mapping[str, Any], keys: Iterable[str], path: str) -> Iterator[EffectiveError]:
        for key in keys:
            if key not in node:
                reason = f"no policy gives `{key}` a value here"
                yield self._error(path, REQUIRED, f"'{key}' is missing", reason)

    def _filled(self, node: Mapping[str, Any], keys: Iterable[str], path: str) -> Iterator[EffectiveError]:
        for key in keys:
            if node.get(key) == []:
                message = f"'{key}' is less than the allowed minimum limit 1"
                yield self._error(f"{path}/{key}", TOO_FEW, message, f"nothing is left in `{key}` after merging")

    def _cross(self, path: str, name: str, fields: Mapping[str, str], reason: str) -> EffectiveError:
        """Fields, by their path below the rule, that do not go together; who set them contributes."""
        leaves = [self._leaves.get(f"{path}/{field}") for field in fields]
        who = dict.fromkeys(policy for leaf in leaves if leaf for policy in leaf.contributing)
        said = ",".join(f"{field.rpartition('/')[2]}={value}" for field, value in fields.items())
        return self._dependent(path, said, name, tuple(who), reason)

    def _dependent(self, path: str, said: str, block: str, who: tuple[str, ...], reason: str) -> EffectiveError:
        message = f"Dependent fields {said} in policy block {block} are invalid when used together"
        return EffectiveError(path, CROSS, message, tuple(sorted(who)), reason)

    def _error(self, path: str, code: str, message: str, reason: str) -> EffectiveError:
        return EffectiveError(path, code, message, self._who(path), reason)

    def _who(self, path: str) -> tuple[str, ...]:
        """The policies that say something at a path, sorted."""
        return tuple(sorted({one.policy for one in self._speakers.get(path, ())}))


def _days(text: str | None) -> int:
    """A number of days; 0 where none is stated. What is no number was never admitted."""
    return (whole(text) or 0) if text is not None else 0
