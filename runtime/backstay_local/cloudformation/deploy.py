"""Brings a stack to what its template says, one resource after another, and back again if one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from backstay_local.wire.call import AwsError
from backstay_local.world.world import partition_of

from . import functions
from .functions import Scope
from .kind import Kind, Made, Place, Properties
from .kinds import KINDS
from .order import order
from .records import Resource, Stack
from .template import Template, read

_GONE = frozenset({"NoSuchEntity", "NotFoundException", "PolicyNotFoundException", "ResourceNotFoundException"})
_SUFFIXES = {"aws-cn": "amazonaws.com.cn"}


class Failed(Exception):  # noqa: N818  (a turn of events)
    """A resource could not be brought to where it should be."""

    def __init__(self, logical_id: str, reason: str) -> None:
        super().__init__(f"[{logical_id}]. {reason}")


class Deployment:
    """The work on one stack. `keep` stores the stack after every step."""

    def __init__(
        self,
        stack: Stack,
        client: Callable[[str, str, str], Any],
        now: Callable[[], datetime],
        keep: Callable[[Stack], None],
    ) -> None:
        self._stack = stack
        self._client = client
        self._now = now
        self._keep = keep

    def create(self) -> None:
        """Make everything, or, if something fails, undo it (unless the stack was told to keep what failed)."""
        template = read(self._stack.template)
        self._become("CREATE_IN_PROGRESS", "User Initiated")
        scope = scope_of(self._stack, template, self._stack.given)
        try:
            for name in self._wanted(template, scope):
                self._make(name, template, scope)
            self._tell(template, scope)
        except Failed as failure:
            self._become("CREATE_FAILED", f"The following resource(s) failed to create: {failure}")
            if not self._stack.keeps_failed:
                self._roll_back(f"The following resource(s) failed to create: {failure}")
            return
        self._become("CREATE_COMPLETE")

    def update(self, template: Template, given: Mapping[str, str], tags: Mapping[str, str]) -> None:
        """Bring the stack to another template, other parameters or tags; if something fails, back to what it was."""
        stack = self._stack
        before = read(stack.template)
        undo: list[Callable[[], None]] = []
        left: list[tuple[str, Resource, Mapping[str, Any]]] = []
        tags_before, stack.tags = stack.tags, dict(tags)
        self._become("UPDATE_IN_PROGRESS", "User Initiated")
        scope = scope_of(stack, template, given)
        try:
            wanted = self._wanted(template, scope)
            for name in wanted:
                self._bring(name, template, scope, before, undo, left)
            self._tell(template, scope)
        except Failed as failure:
            stack.tags = tags_before
            self._undo(undo, f"The following resource(s) failed to update: {failure}")
            return
        self._become("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        gone = [name for name in reversed(order(before)) if name in stack.resources and name not in wanted]
        for name in gone:
            self._clean(name, stack.resources.pop(name), before.resources[name].get("DeletionPolicy"))
        for name, resource, policies in reversed(left):
            self._clean(name, resource, policies.get("UpdateReplacePolicy"))
        stack.template, stack.given, stack.updated = template.text, dict(given), self._now().isoformat()
        self._become("UPDATE_COMPLETE")

    def delete(self) -> None:
        """Delete everything but what is to be retained."""
        self._become("DELETE_IN_PROGRESS", "User Initiated")
        failed = self._delete_all()
        if failed:
            self._become("DELETE_FAILED", f"The following resource(s) failed to delete: {failed}")
            return
        self._stack.deleted = self._now().isoformat()
        self._become("DELETE_COMPLETE")

    def _wanted(self, template: Template, scope: Scope) -> list[str]:
        found = []
        for name in order(template):
            condition = template.resources[name].get("Condition")
            if condition is None or scope.holds(condition):
                found.append(name)
        return found

    def _make(self, name: str, template: Template, scope: Scope) -> None:
        """Make a resource. It is noted as soon as it is there, even if a call that follows fails."""
        kind, place, properties = self._ask_for(name, template, scope)
        resource = Resource(template.resources[name]["Type"], "CREATE_IN_PROGRESS", self._now().isoformat())
        self._stack.resources[name] = resource
        resource.properties = dict(properties)
        self._see(name, "CREATE_IN_PROGRESS")
        try:
            kind.check(properties)
            made = kind.create(place, properties)
            resource.id, resource.attributes = made.id, dict(made.attributes)
            kind.settle(place, made, properties)
        except AwsError as error:
            self._fail(name, "CREATE_FAILED", error)
        self._see(name, "CREATE_COMPLETE")

    def _bring(
        self,
        name: str,
        template: Template,
        scope: Scope,
        before: Template,
        undo: list[Callable[[], None]],
        left: list[tuple[str, Resource, Mapping[str, Any]]],
    ) -> None:
        """Make, change or replace a resource; note how to undo it, and what a replacement leaves."""
        old = self._stack.resources.get(name)
        kind, place, properties = self._ask_for(name, template, scope)
        if old is not None and old.type == template.resources[name]["Type"]:
            was = old.properties
            differing = {key for key in {*was, *properties} if was.get(key) != properties.get(key)}
            if not differing:
                return
            if not differing & kind.fixed:
                undo.append(partial(self._change, name, old, kind, place, properties, was))
                self._change(name, old, kind, place, was, properties)
                return
        undo.append(partial(self._unmake, name, old, template.resources[name].get("DeletionPolicy")))
        self._make(name, template, scope)
        if old is not None:
            left.append((name, old, before.resources[name]))

    def _change(
        self, name: str, resource: Resource, kind: Kind, place: Place, old: Properties, new: Properties
    ) -> None:
        resource.properties = dict(new)
        self._see(name, "UPDATE_IN_PROGRESS")
        try:
            kind.check(new)
            made = kind.change(place, Made(resource.id, resource.attributes), old, new)
        except AwsError as error:
            self._fail(name, "UPDATE_FAILED", error)
        if made is not None:
            resource.id, resource.attributes = made.id, dict(made.attributes)
        self._see(name, "UPDATE_COMPLETE")

    def _unmake(self, name: str, old: Resource | None, policy: str | None) -> None:
        """Undo a creation, and put in its place what was there before it."""
        fresh = self._stack.resources.pop(name, None)
        if fresh is not None and fresh is not old:
            self._clean(name, fresh, policy)
        if old is not None:
            self._stack.resources[name] = old

    def _undo(self, undo: list[Callable[[], None]], reason: str) -> None:
        self._become("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        try:
            for step in reversed(undo):
                step()
        except Failed as failure:
            self._become("UPDATE_ROLLBACK_FAILED", f"{reason} And back again, this one failed: {failure}")
            return
        self._become("UPDATE_ROLLBACK_COMPLETE", reason)

    def _roll_back(self, reason: str) -> None:
        self._become("ROLLBACK_IN_PROGRESS", reason)
        failed = self._delete_all()
        self._become("ROLLBACK_FAILED" if failed else "ROLLBACK_COMPLETE", reason)

    def _delete_all(self) -> str:
        """Delete what there is, last made first; gives the logical ids that could not be deleted."""
        template, failed = read(self._stack.template), []
        for name in reversed(order(template)):
            resource = self._stack.resources.get(name)
            if resource is None or resource.status in ("DELETE_COMPLETE", "DELETE_SKIPPED"):
                continue
            if not self._remove(name, resource, template.resources[name].get("DeletionPolicy")):
                failed.append(name)
        return f"[{', '.join(failed)}]. {self._stack.resources[failed[0]].reason}" if failed else ""

    def _clean(self, name: str, resource: Resource, policy: str | None) -> None:
        """Delete what a stack has no more. It leaves the stack even if that fails, as in AWS."""
        self._remove(name, resource, policy)

    def _remove(self, name: str, resource: Resource, policy: str | None) -> bool:
        """Delete a resource, unless its policy keeps it; False if it could not be deleted."""
        if policy == "Retain" and resource.id:
            self._see(name, "DELETE_SKIPPED", resource)
            return True
        place = self._place(name)
        self._see(name, "DELETE_IN_PROGRESS", resource)
        try:
            if resource.id:
                KINDS[resource.type].delete(place, Made(resource.id, resource.attributes), resource.properties)
        except AwsError as error:
            if error.code not in _GONE:
                self._see(name, "DELETE_FAILED", resource, error.message)
                return False
        self._see(name, "DELETE_COMPLETE", resource)
        return True

    def _ask_for(self, name: str, template: Template, scope: Scope) -> tuple[Kind, Place, Properties]:
        kind = KINDS[template.resources[name]["Type"]]
        here = replace(scope, resources=self._stack.ids)
        try:
            properties = here.value(template.resources[name].get("Properties", {}))
        except AwsError as error:
            raise Failed(name, error.message) from None
        return kind, self._place(name), kind.with_tags(properties, self._stack.tags)

    def _tell(self, template: Template, scope: Scope) -> None:
        here = replace(scope, resources=self._stack.ids)
        told = {}
        for name, output in template.outputs.items():
            if "Condition" in output and not scope.holds(output["Condition"]):
                continue
            try:
                told[name] = (str(here.value(output.get("Value"))), str(output.get("Description", "")))
            except AwsError as error:
                raise Failed(name, error.message) from None
        self._stack.outputs = told

    def _fail(self, name: str, status: str, error: AwsError) -> None:
        reason = f'Resource handler returned message: "{error.message}" ({error.code}, Status Code: {error.status})'
        self._see(name, status, reason=reason)
        raise Failed(name, reason)

    def _place(self, name: str) -> Place:
        stack = self._stack
        return Place(self._client, stack.account, stack.region, stack.name, name, tuple(stack.capabilities))

    def _see(self, name: str, status: str, resource: Resource | None = None, reason: str = "") -> None:
        """A resource takes on a status."""
        one = resource if resource is not None else self._stack.resources[name]
        one.status, one.reason, one.at = status, reason, self._now().isoformat()
        self._stack.note(name, one.id, one.type, status, self._now(), reason)
        self._keep(self._stack)

    def _become(self, status: str, reason: str = "") -> None:
        self._stack.become(status, self._now(), reason)
        self._keep(self._stack)


def scope_of(stack: Stack, template: Template, given: Mapping[str, str]) -> Scope:
    """What names mean in a stack; `AwsError` if its parameters do not fit the template."""
    partition = partition_of(stack.region)
    pseudo = {
        "AWS::AccountId": stack.account,
        "AWS::Partition": partition,
        "AWS::Region": stack.region,
        "AWS::StackId": stack.id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": _SUFFIXES.get(partition, "amazonaws.com"),
    }
    return Scope(template, {**functions.parameters(template, given), **pseudo}, stack.ids)


def refuse_unknown(template: Template, types: Iterable[str] = KINDS) -> None:
    """Refuse a template with types that cannot be made here: nothing is made then, and nobody thinks it was."""
    unknown = sorted({one["Type"] for one in template.resources.values()} - set(types))
    if unknown:
        sentence = f"This embedded AWS does not make these types by CloudFormation: [{', '.join(unknown)}]"
        raise AwsError("NotImplementedException", sentence, 501)
    if any("Export" in one for one in template.outputs.values()):
        raise AwsError("NotImplementedException", "This embedded AWS does not have exports of stacks.", 501)
