"""What one document must say together, whatever the documents above it say.

Organizations judges every document by itself before anything is merged, so a child that changes one half of such a
pair has to repeat the other. (Recorded admissions of partial documents, published 2026-09.)
"""

from __future__ import annotations

from collections.abc import Iterator

from .grammar import ASSIGN
from .refusal import Flaw
from .schedules import schedule_flaw
from .settings import Terms
from .text import Member, Node, Object, Scalar
from .values import whole

CONTINUOUS_MAX_DAYS = 35
ARCHIVE_MIN_GAP = 90
"""Days between the move to cold storage and deletion that the archive tier asks for."""

Path = tuple[str, ...]


def together(plans: Node, terms: Terms) -> Iterator[Flaw]:
    """Every pair that is torn apart in the document below `plans`."""
    for plan in entries(plans):
        here = ("plans", plan.name)
        for rule in entries(child(plan.value, "rules")):
            yield from _rule(rule, (*here, "rules", rule.name), terms)
        yield from _tags(plan.value, "backup_plan_tags", here)
        yield from _selections(child(plan.value, "selections"), (*here, "selections"))


def entries(node: Node | None) -> Iterator[Member]:
    """The members of a map that are no operators."""
    if isinstance(node, Object):
        yield from (member for member in node if not member.name.startswith("@@"))


def child(node: Node | None, *names: str) -> Node | None:
    """What stands under names, whatever their case; None where something on the way is missing."""
    for name in names:
        found = [member.value for member in entries(node) if member.name.lower() == name]
        if not found:
            return None
        node = found[0]
    return node


def assigned(node: Node | None, *names: str) -> Scalar | None:
    """The single value that a leaf is given by `@@assign`."""
    leaf = child(node, *names)
    value = leaf.get(ASSIGN) if isinstance(leaf, Object) else None
    return value if isinstance(value, Scalar) else None


def _rule(rule: Member, path: Path, terms: Terms) -> Iterator[Flaw]:
    node = rule.value
    schedule = assigned(node, "schedule_expression")
    lifecycles = [(child(node, "lifecycle"), path)]
    for copy in entries(child(node, "copy_actions")):
        here = (*path, "copy_actions", copy.name)
        lifecycles.append((child(copy.value, "lifecycle"), here))
        if child(copy.value, "target_backup_vault_arn") is None and terms.settings.copy_target == "required":
            yield Flaw(here, "a copy action must state `target_backup_vault_arn`, equal to its key", copy.place)
    archive = [part for part in lifecycles if (value := _opted(part[0])) and value.text == "true"]
    for lifecycle, here in archive:
        yield from _archive(lifecycle, schedule, here)
    if schedule is not None and (said := schedule_flaw(schedule.text, terms.now, archive=bool(archive))) is not None:
        yield Flaw((*path, "schedule_expression"), f"`{schedule.text}` {said}", schedule.place)
    yield from _continuous(node, path)
    yield from _tags(node, "recovery_point_tags", path)


def _opted(lifecycle: Node | None) -> Scalar | None:
    return assigned(lifecycle, "opt_in_to_archive_for_supported_resources")


def _continuous(rule: Node, path: Path) -> Iterator[Flaw]:
    flag = assigned(rule, "enable_continuous_backup")
    if flag is None or flag.text != "true":
        return
    days = assigned(rule, "lifecycle", "delete_after_days")
    if days is None:
        yield Flaw(path, "continuous backup must be stated together with `delete_after_days`", flag.place)
    elif (whole(days.text) or 0) > CONTINUOUS_MAX_DAYS:
        reason = f"continuous backup keeps at most {CONTINUOUS_MAX_DAYS} days; `delete_after_days` is {days.text}"
        yield Flaw(path, reason, days.place)
    cold = child(rule, "lifecycle", "move_to_cold_storage_after_days")
    if cold is not None:
        yield Flaw(path, "continuous backups cannot move to cold storage", cold.place)


def _archive(lifecycle: Node | None, schedule: Scalar | None, path: Path) -> Iterator[Flaw]:
    flag = _opted(lifecycle)
    place = flag.place if flag else None
    cold = assigned(lifecycle, "move_to_cold_storage_after_days")
    keep = assigned(lifecycle, "delete_after_days")
    named = {"move_to_cold_storage_after_days": cold, "delete_after_days": keep, "schedule_expression": schedule}
    missing = [f"`{name}`" for name, value in named.items() if value is None]
    if missing:
        yield Flaw(path, f"the archive tier must be opted into together with {', '.join(missing)}", place)
    first, last = (whole(value.text) if value else None for value in (cold, keep))
    if keep is not None and first is not None and last is not None and last - first < ARCHIVE_MIN_GAP:
        reason = f"with the archive tier, deletion comes at least {ARCHIVE_MIN_GAP} days after the move to cold storage"
        yield Flaw(path, f"{reason}; here {first} and {last}", keep.place)


def _tags(node: Node, name: str, path: Path) -> Iterator[Flaw]:
    """Tags to give: both halves, under a key that is the tag's key apart from case."""
    for tag in entries(child(node, name)):
        here = (*path, name, tag.name)
        yield from _pair(tag, "tag_key", "tag_value", here)
        key = assigned(tag.value, "tag_key")
        if key is not None and key.text.lower() != tag.name.lower():
            yield Flaw(here, f"`{tag.name}` must be the tag's key, which is `{key.text}`", key.place)


def _selections(node: Node | None, path: Path) -> Iterator[Flaw]:
    for selection in entries(child(node, "tags")):
        here = (*path, "tags", selection.name)
        yield from _pair(selection, "tag_key", "tag_value", here)
        yield from _conditions(selection, here)
    for selection in entries(child(node, "resources")):
        here = (*path, "resources", selection.name)
        if child(selection.value, "resource_types") is None and child(selection.value, "conditions") is None:
            yield Flaw(here, "a selection of resources must state `resource_types` or `conditions`", selection.place)
        yield from _conditions(selection, here)


def _conditions(selection: Member, path: Path) -> Iterator[Flaw]:
    for operator in entries(child(selection.value, "conditions")):
        for one in entries(operator.value):
            yield from _pair(one, "condition_key", "condition_value", (*path, "conditions", operator.name, one.name))


def _pair(member: Member, one: str, other: str, path: Path) -> Iterator[Flaw]:
    has_one, has_other = child(member.value, one) is not None, child(member.value, other) is not None
    if has_one != has_other:
        there, missing = (one, other) if has_one else (other, one)
        yield Flaw(path, f"`{there}` must be stated together with `{missing}`", member.place)
