"""What the first words of references lead into: variables, locals, data sources, resources, modules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from backstay.importer.cloudformation.placed import Made
from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Unknown
from backstay.importer.terraform.evaluate import Scope
from backstay.importer.terraform.expand import Instance
from backstay.importer.terraform.naming import IDENTIFIED, LOOKED_UP, NAMED
from backstay.importer.terraform.policy_document import policy_document
from backstay.importer.terraform.providers import Provider
from backstay.importer.terraform.syntax import Block
from backstay.importer.terraform.values import Failure, JsonText, to_text

if TYPE_CHECKING:
    from backstay.importer.terraform.module import Module

APPLIED = "only known after it is applied"


@dataclass(frozen=True)
class Words:
    """A root whose attributes are worked out by one function: `var`, `local`, `data`, `module`, a type of resource."""

    name: str
    work: Callable[[str, Scope], Any]

    def attribute(self, name: str, scope: Scope) -> Any:
        """`root.name`."""
        return self.work(name, scope)

    def index(self, key: Any, scope: Scope) -> Any:
        """`root[key]`, which is the same."""
        return self.work(str(key), scope)

    def items(self, _scope: Scope) -> list[Any] | Unknown:
        """Nobody goes through all variables."""
        return undecided(f"{self.name}[*]", "it is no list")


@dataclass(frozen=True)
class Handle:
    """A resource or data source: one, or its instances by key. `made` is the instance that stands for all or this."""

    module: Module
    kind: str
    name: str
    block: Block
    data: bool = False
    instance: Instance | None = None

    @property
    def address(self) -> str:
        """How references write it."""
        return f"{'data.' if self.data else ''}{self.kind}.{self.name}"

    def attribute(self, name: str, scope: Scope) -> Any:
        """An attribute of the resource, or of its only instance."""
        instance = self.instance or self._only()
        step = (self.address, repr(instance.key), name, scope.provider)
        return self.module.once(
            step, partial(self._attribute, name, instance, scope), f"{self.address}.{name}", self.block.span
        )

    def index(self, key: Any, _scope: Scope) -> Any:
        """One instance."""
        known = self.module.instances(self.block)
        if isinstance(known, Unknown):
            return undecided(f"{self.address}[…]", known.why)
        for one in known:
            if not one.sure or one.key is None or (one.key == key and not isinstance(key, bool)):
                return Handle(self.module, self.kind, self.name, self.block, self.data, one)
        if isinstance(key, Unknown):
            return undecided(f"{self.address}[{key.expression}]", key.why)
        raise Failure(f"`{self.address}` has no instance {key!r}")

    def items(self, _scope: Scope) -> list[Any] | Unknown:
        """All instances."""
        known = self.module.instances(self.block)
        if isinstance(known, Unknown) or not all(one.sure for one in known):
            why = known.why if isinstance(known, Unknown) else "how many there are is not known"
            return undecided(f"{self.address}[*]", why)
        return [Handle(self.module, self.kind, self.name, self.block, self.data, one) for one in known]

    def _only(self) -> Instance:
        known = self.module.instances(self.block)
        if isinstance(known, Unknown) or len(known) != 1:
            raise Failure(f"`{self.address}` has several instances, or none")
        return known[0]

    def _attribute(self, name: str, instance: Instance, scope: Scope) -> Any:
        if self.data:
            return data_attribute(self, name, instance, scope)
        return resource_attribute(self, name, instance, scope)


def resource_attribute(handle: Handle, name: str, instance: Instance, scope: Scope) -> Any:
    """An attribute of a resource: what will follow from its name, or what its block says."""
    inner = replace(instance.scope, provider=scope.provider)
    own = handle.module.provider_of(handle.block)
    shown = f"{handle.address}.{name}"
    if handle.kind in IDENTIFIED and name in IDENTIFIED[handle.kind][2]:
        thing, argument, _ = IDENTIFIED[handle.kind]
        return Made(thing, _called(handle, argument, inner), shown)
    if handle.kind == "aws_iam_role" and name in ("arn", "name", "id"):
        handle.module.session.used[handle.module.path, handle.kind, handle.name] = handle
        return _role(handle, name, inner, own, shown)
    if handle.kind == "aws_kms_key" and name in ("arn", "id", "key_id"):
        handle.module.session.used[handle.module.path, handle.kind, handle.name] = handle
        return _key(handle, own, scope, shown)
    naming = NAMED.get(handle.kind)
    if naming is not None and name in naming.same:
        return _called(handle, naming.argument, inner)
    if naming is not None and name in naming.arns:
        return _arn(naming.arn, _called(handle, naming.argument, inner), own, scope, shown)
    said = handle.block.body.attribute(name)
    return inner.value(said.value) if said is not None else undecided(shown, APPLIED)


def data_attribute(handle: Handle, name: str, instance: Instance, scope: Scope) -> Any:
    """An attribute of a data source that can be known without asking AWS."""
    own = handle.module.provider_of(handle.block)
    shown = f"{handle.address}.{name}"
    match handle.kind, name:
        case "aws_caller_identity", "account_id" | "id":
            return own.account_from(scope.provider)
        case "aws_region", "name" | "id" | "region":
            region = own.region_from(scope.provider)
            return own.region if own.region is not None else region
        case "aws_partition", "partition" | "id":
            return "aws"
        case "aws_partition", "dns_suffix":
            return "amazonaws.com"
        case "aws_iam_policy_document", "json" | "minified_json":
            return JsonText(policy_document(handle.block.body, replace(instance.scope, provider=scope.provider)))
    inner = replace(instance.scope, provider=scope.provider)
    said = handle.block.body.attribute(name)
    if said is not None:
        return inner.value(said.value)
    naming = LOOKED_UP.get(handle.kind)
    if naming is None or name not in naming.arns:
        return undecided(shown, "it is looked up when Terraform runs")
    called = _called(handle, naming.argument, inner)
    return _arn(naming.arn, called, own, scope, shown)


def _called(handle: Handle, argument: str, scope: Scope) -> Any:
    """What a resource is called; without a name AWS or Terraform makes one up."""
    first, _, rest = argument.partition(".")
    said = handle.block.body.attribute(first)
    value = None if said is None else scope.value(said.value)
    if rest and isinstance(value, Mapping):
        value = value.get(rest)
    if value is None:
        return undecided(handle.address, "its name is made up when it is created", handle.name)
    return value if isinstance(value, Unknown) else to_text(value)


def _arn(form: str, name: Any, own: Provider, scope: Scope, shown: str) -> Any:
    account, region = own.account_from(scope.provider), own.region_from(scope.provider)
    for part, needed in ((name, True), (account, "{account}" in form), (region, "{region}" in form)):
        if isinstance(part, Unknown) and needed:
            return undecided(shown, part.why)
    return form.replace("{account}", str(account)).replace("{region}", str(region)).replace("{name}", str(name))


def _role(handle: Handle, name: str, scope: Scope, own: Provider, shown: str) -> Any:
    called = _called(handle, "name", scope)
    if name != "arn":
        return called
    said = handle.block.body.attribute("path")
    path = "/" if said is None else scope.value(said.value) or "/"
    if isinstance(path, Unknown):
        return undecided(shown, path.why)
    return _arn(
        f"arn:aws:iam::{{account}}:role{path if str(path).endswith('/') else f'{path}/'}{{name}}",
        called,
        own,
        scope,
        shown,
    )


def _key(handle: Handle, own: Provider, scope: Scope, shown: str) -> Any:
    """A key, by the alias that the module gives it: only AWS knows its id."""
    alias = alias_of(handle)
    if alias is None:
        return undecided(shown, "only AWS knows the key's id, and the configuration gives it no alias")
    called = alias.attribute("name", scope)
    return called if isinstance(called, Unknown) else _arn(NAMED["aws_kms_alias"].arn, called, own, scope, shown)


def alias_of(key: Handle) -> Handle | None:
    """The first alias of a key in its module."""
    for name, block in sorted(key.module.declared.of_type("aws_kms_alias")):
        target = block.body.attribute("target_key_id")
        if target is not None and re.match(rf"(\$\{{)?aws_kms_key\.{re.escape(key.name)}[\[.]", target.value.text):
            return Handle(key.module, "aws_kms_alias", name, block)
    return None
