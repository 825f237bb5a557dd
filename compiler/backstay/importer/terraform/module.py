"""A module being worked out: the root, or one that is called. Knows what every reference in it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Unknown, is_off
from backstay.importer.problem import Problem, problem
from backstay.importer.terraform.configuration import Declared
from backstay.importer.terraform.evaluate import Function, Scope
from backstay.importer.terraform.expand import Instance, instances
from backstay.importer.terraform.kinds import typed
from backstay.importer.terraform.providers import DEFAULT, Provider, configured
from backstay.importer.terraform.roots import Handle, Words
from backstay.importer.terraform.syntax import Block, Expression, Members
from backstay.importer.terraform.values import Budget, Failure
from backstay_contract.findings import Finding, Span

DEEPEST = 60
MOST_MODULES = 200
_THERE = ("instances", "module", "provider")


@dataclass
class Session:
    """What all modules of one reading share.

    `enter` finds a called module's folder, from where, by its source, at which path; or says why not. `used`: roles and
    keys that were referred to; `defaults`: variables whose default was used; `opened`: while defaults count as unknown,
    since somebody may give something else; `depth` of references; `modules` so far.
    """

    functions: Mapping[str, Function]
    enter: Callable[[PurePosixPath | None, str, str], tuple[PurePosixPath, Declared] | str]
    budget: Budget = field(default_factory=Budget)
    findings: list[Finding] = field(default_factory=list)
    used: dict[tuple[str, str, str], Handle] = field(default_factory=dict)
    defaults: set[str] = field(default_factory=set)
    opened: bool = False
    depth: int = 0
    modules: int = 0

    def complain(self, name: Problem, message: str, span: Span | None) -> None:
        """A finding, once."""
        finding = problem(name, message, span)
        if finding not in self.findings:
            self.findings.append(finding)


@dataclass
class Module:
    """One module. `path` is empty for the root, `module.x.` below; `folder` is relative to the root of the reading.

    `arguments` are what it was called with, and where that is worked out; `given` the providers under the names that
    they have here, `above` the folders of the modules that lead to it, `off` those that it calls no times, only by the
    default of a variable.
    """

    declared: Declared
    session: Session
    path: str = ""
    folder: PurePosixPath | None = None
    arguments: Mapping[str, tuple[Expression, Scope]] = field(default_factory=dict)
    given: Mapping[str, Provider] = field(default_factory=dict)
    above: tuple[PurePosixPath | None, ...] = ()
    notes: tuple[str, ...] = ()
    maybe: Unknown | None = None
    off: list[Module] = field(default_factory=list)
    known: dict[Any, Any] = field(default_factory=dict)
    busy: set[Any] = field(default_factory=set)

    def scope(self, provider: Provider = DEFAULT) -> Scope:
        """Where its expressions are worked out."""
        return Scope(self.resolve, self.session.functions, self.session.budget, {}, provider)

    def resolve(self, name: str, _scope: Scope) -> Any:
        """What the first word of a reference leads into."""
        match name:
            case "var":
                return Words(name, self._variable)
            case "local":
                return Words(name, self._local)
            case "data":
                return Words(
                    name, lambda kind, _: Words(f"data.{kind}", lambda one, _: self._block(kind, one, data=True))
                )
            case "module":
                return Words(name, self._module)
            case "path":
                return {"module": ".", "root": ".", "cwd": "."}
            case "terraform":
                return {"workspace": undecided("terraform.workspace", "it is chosen when Terraform runs", "workspace")}
            case "each" | "count" | "self":
                raise Failure(f"`{name}` has no meaning here")
        if "_" in name or any(kind == name for kind, _ in self.declared.resources):
            return Words(name, lambda one, _: self._block(name, one))
        raise Failure(f"`{name}` is not known")

    def once(self, step: Any, work: Callable[[], Any], shown: str, span: Span | None = None) -> Any:
        """The result of work that is done once; work that needs itself is undecided, and said.

        What is opened is another result, but for what there is of providers, modules and instances.
        """
        if not self.session.opened:
            return self._once(step, work, shown, span)
        if step[0] not in _THERE:
            return self._once(("opened", *step), work, shown, span)
        self.session.opened = False
        try:
            return self._once(step, work, shown, span)
        finally:
            self.session.opened = True

    def _once(self, step: Any, work: Callable[[], Any], shown: str, span: Span | None) -> Any:
        if step in self.known:
            return self.known[step]
        if step in self.busy or self.session.depth > DEEPEST:
            why = "it depends on itself" if step in self.busy else "its references lead too far"
            self.session.complain("circular-reference", f"`{self.path}{shown}`: {why}", span)
            return undecided(shown, why)
        self.busy.add(step)
        self.session.depth += 1
        try:
            self.known[step] = work()
        finally:
            self.busy.discard(step)
            self.session.depth -= 1
        return self.known[step]

    def instances(self, block: Block) -> list[Instance] | Unknown:
        """The instances of a block of this module; undecided where they cannot be worked out."""
        scope = self.scope(self.provider_of(block))

        def work() -> list[Instance] | Unknown:
            try:
                return instances(block, scope)
            except Failure as failure:
                where = failure.span or block.span
                self.session.complain("undecided-value", f"how often it is there: {failure.message}", where)
                return undecided("count", failure.message)

        made: list[Instance] | Unknown = self.once(("instances", id(block)), work, ".".join(block.labels), block.span)
        return made

    def otherwise(self, block: Block) -> list[Instance]:
        """What there is of a block that is there no times only by the default of a variable: as if that were open."""
        session = self.session
        kept = (len(session.findings), dict(session.used), set(session.defaults))
        session.opened = True
        try:
            made = instances(block, self.scope(self.provider_of(block)))
        except Failure:
            made = []
        finally:
            session.opened = False
            del session.findings[kept[0] :]
            session.used, session.defaults = kept[1:]
        return [replace(one, maybe=replace(one.maybe, default=False)) for one in made if one.maybe is not None]

    def provider(self, name: str) -> Provider:
        """A provider by its name in this module: one that was handed in, or one that is configured here."""
        if name in self.given:
            return self.given[name]
        block = self.declared.providers.get(name)
        if block is None:
            return DEFAULT if name in ("aws", "awscc") else Provider(name, name)

        def work() -> Provider:
            scope = self.scope()
            said = {one.name: self.attempt(one.value, scope) for one in block.body.attributes}
            for inner in block.body.named("assume_role"):
                said["assume_role"] = {one.name: self.attempt(one.value, scope) for one in inner.body.attributes}
            return configured(name, said)

        made = self.once(("provider", name), work, f"provider.{name}", block.span)
        return made if isinstance(made, Provider) else Provider(name, name)

    def provider_of(self, block: Block) -> Provider:
        """The provider of a resource or data source; a `region` of its own counts more than the provider's."""
        said = block.body.attribute("provider")
        kind = "awscc" if block.labels[:1] and block.labels[0].startswith("awscc_") else "aws"
        provider = self.provider(kind if said is None else said.value.text.strip('"'))
        own = block.body.attribute("region") if block.type == "resource" else None
        region = None if own is None else self.attempt(own.value, self.scope(provider))
        return replace(provider, region=region) if isinstance(region, str) and region.isascii() else provider

    def attempt(self, node: Any, scope: Scope) -> Any:
        """A value, undecided where it cannot be worked out."""
        try:
            return scope.value(node)
        except Failure as failure:
            return undecided(node.text, failure.message)

    def children(self, name: str) -> list[tuple[Any, Module]] | None:
        """The modules that a call makes, by instance; None if the module is not entered, which is said."""
        block = self.declared.modules.get(name)
        if block is None:
            return None
        made: list[tuple[Any, Module]] | Unknown | None
        made = self.once(("module", name), lambda: self._enter(name, block), f"module.{name}", block.span)
        return None if isinstance(made, Unknown) else made

    def _enter(self, name: str, block: Block) -> list[tuple[Any, Module]] | None:
        source = block.body.attribute("source")
        written = getattr(source.value, "value", None) if source is not None else None
        folder = self.session.enter(self.folder, written, self.path) if isinstance(written, str) else "it has no source"
        if isinstance(folder, str):
            message = f"the module `{self.path}{name}` is not entered: {folder}"
            self.session.complain("source-not-entered", message, source.value.span if source else block.span)
            return None
        path, declared = folder
        if path in (*self.above, self.folder):
            self.session.complain("circular-reference", f"the module `{self.path}{name}` calls itself", block.span)
            return None
        known = self.instances(block)
        listed = [Instance(None, self.scope(), None, sure=False)] if isinstance(known, Unknown) else known
        off = not listed
        listed = listed or self.otherwise(block)
        self.session.modules += len(listed)
        if self.session.modules > MOST_MODULES:
            self.session.complain(
                "too-large", f"more than {MOST_MODULES} modules are called; the rest is left out", block.span
            )
            return None
        made = []
        for one in listed:
            arguments = {said.name: (said.value, one.scope) for said in block.body.attributes}
            below = f"{self.path}module.{name}."
            above = (*self.above, self.folder)
            notes = (*self.notes, *((f"the module `{self.path}{name}` is {one.note}",) if one.note is not None else ()))
            handed = self._handed(block)
            maybe = self.maybe if is_off(self.maybe) else one.maybe or self.maybe
            module = Module(declared, self.session, below, path, arguments, handed, above, notes, maybe)
            made.append((one.key, module))
        if off:
            self.off += [module for _, module in made]
            return []
        return made

    def _handed(self, block: Block) -> dict[str, Provider]:
        """The providers that a called module gets: those that the call names, else our own defaults."""
        said = block.body.attribute("providers")
        if said is None or not isinstance(said.value, Members):
            return {kind: self.provider(kind) for kind in ("aws", "awscc")}
        return {key.text.strip('"'): self.provider(value.text.strip('"')) for key, value in said.value.members}

    def _variable(self, name: str, scope: Scope) -> Any:
        step, block = ("var", name, scope.provider), self.declared.variables.get(name)
        if name in self.arguments:
            node, caller = self.arguments[name]
            asking = replace(caller, provider=scope.provider)
            return self.once(step, lambda: self._typed(name, asking.value(node)), f"var.{name}", node.span)
        said = self.declared.values.get(name) if not self.path else None
        default = block.body.attribute("default") if block is not None else None
        if said is None and default is None:
            return undecided(f"var.{name}", "the variable has no default" if block else "its declaration is not here")
        if said is None and self.session.opened and not self.path:
            return undecided(f"var.{name}", "its default may not be what is given")
        if said is None:
            self.session.defaults.add(f"{self.path}{name}")
        value = said if said is not None else default.value if default is not None else None
        work = lambda: None if value is None else self._typed(name, self.scope().value(value))  # noqa: E731
        return self.once(step, work, f"var.{name}")

    def _typed(self, name: str, value: Any) -> Any:
        block = self.declared.variables.get(name)
        kind = block.body.attribute("type") if block is not None else None
        return typed(value, kind.value if kind is not None else None, self.scope())

    def _local(self, name: str, scope: Scope) -> Any:
        said = self.declared.locals.get(name)
        if said is None:
            return undecided(f"local.{name}", "its declaration is not here")
        plain = replace(self.scope(scope.provider), names={})
        return self.once(("local", name, scope.provider), lambda: plain.value(said.value), f"local.{name}", said.span)

    def _block(self, kind: str, name: str, *, data: bool = False) -> Any:
        block = (self.declared.data if data else self.declared.resources).get((kind, name))
        if block is None:
            return undecided(f"{'data.' if data else ''}{kind}.{name}", "its declaration is not here", name)
        return Handle(self, kind, name, block, data)

    def _module(self, name: str, _scope: Scope) -> Any:
        children = self.children(name)
        if children is None:
            return undecided(f"module.{name}", "the module is not entered")
        if len(children) == 1 and children[0][0] is None:
            return Words(f"module.{name}", children[0][1].output)
        return {str(key): Words(f"module.{name}", child.output) for key, child in children}

    def output(self, name: str, scope: Scope) -> Any:
        """An output of this module, for the one that calls it."""
        block = self.declared.outputs.get(name)
        said = block.body.attribute("value") if block is not None else None
        if said is None:
            raise Failure(f"the module has no output `{name}`")
        own = self.scope(scope.provider)
        return self.once(("output", name, scope.provider), lambda: own.value(said.value), f"output.{name}")
