"""Goes through the resources of a configuration and makes what AWS Backup has of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from backstay.importer.cloudformation.bodies import Made, Maker
from backstay.importer.cloudformation.documents import attached, document, is_backup
from backstay.importer.cloudformation.leaves import Sink
from backstay.importer.cloudformation.members import Spelling
from backstay.importer.cloudformation.undecided import undecided
from backstay.importer.found import Found, Reading, is_off, joined
from backstay.importer.problem import problem
from backstay.importer.terraform import managed
from backstay.importer.terraform.bodies import CC_RESOURCES, RESOURCES, cc_spelling, spelling
from backstay.importer.terraform.expand import Instance
from backstay.importer.terraform.module import Module, Session
from backstay.importer.terraform.placing import Placing
from backstay.importer.terraform.providers import Provider
from backstay.importer.terraform.syntax import Block
from backstay.importer.terraform.values import ACCOUNT, REGION, Failure, TooMuchError, marked
from backstay_contract.findings import Span

TOO_MUCH: Final = "it unfolds into more values, or nests more deeply, than any real configuration"
_DEPLOYER: Final = "the account and Region that this configuration itself is applied in are not known"


def read_module(root: Module) -> Reading:
    """Everything in a module and in those that it calls."""
    session = root.session
    readings = [reading for module in _modules(root) for reading in _resources(module)]
    readings.append(Reading(tuple(_referred(session))))
    whole = joined(readings)
    return Reading(whole.found, (*root.declared.findings, *session.findings, *whole.findings))


def calls(module: Module) -> str:
    """The names of the modules that a module calls, for people."""
    return ", ".join(f"`{name}`" for name in sorted(module.declared.modules))


def _modules(root: Module) -> Iterator[Module]:
    """The module itself and all below it."""
    waiting = [root]
    while waiting:
        module = waiting.pop(0)
        yield module
        for name, block in module.declared.modules.items():
            children = _guarded(module.session, block.span, partial(module.children, name)) or []
            waiting += [child for _, child in children]
        waiting += module.off


def _resources(module: Module) -> Iterator[Reading]:
    for (kind, name), block in module.declared.resources.items():
        maker = RESOURCES.get(kind) or CC_RESOURCES.get(kind)
        if maker is not None:
            yield Reading(tuple(_resource(module, kind, name, block, maker)))
        elif kind == "aws_organizations_policy" and not is_off(module.maybe):
            yield _guarded(module.session, block.span, partial(_policy, module, name, block)) or Reading()
        elif kind.startswith(("aws_backup_", "awscc_backup_")):
            message = f"`{kind}.{name}`: resources of this type are left out"
            module.session.complain("not-imported", message, block.span)


def _resource(module: Module, kind: str, name: str, block: Block, maker: Maker) -> Iterator[Found]:
    address = f"{module.path}{kind}.{name}"
    known = _guarded(module.session, block.span, lambda: module.instances(block))
    if not isinstance(known, list):
        return
    if not known:
        message = f"`{address}` is left out: it is there no times, with the variables' values and defaults"
        module.session.findings.append(problem("not-imported", message, block.span, severity="advice"))
        known = _guarded(module.session, block.span, lambda: module.otherwise(block)) or []
    spell: Spelling = spelling if kind in RESOURCES else cc_spelling

    for one in known:

        def make(placing: Placing, sink: Sink, one: Instance = one) -> Iterator[Made]:
            return maker(placing.resource(block, one.scope), sink, spell)

        shown = address if one.key is None else f"{address}[{one.key!r}]"
        yield from _found(module, block, shown, name, one, make)


def _found(
    module: Module,
    block: Block,
    address: str,
    name: str,
    instance: Instance,
    make: Callable[[Placing, Sink], Iterator[Made]],
) -> Iterator[Found]:
    session, sink, placing = module.session, Sink(f"`{address}`"), Placing()
    session.defaults.clear()
    before, used = len(session.findings), dict(session.used)
    bodies = _guarded(session, block.span, lambda: tuple(make(placing, sink))) or ()
    for finding in (*placing.findings, *sink.findings):
        if finding not in session.findings:
            session.findings.append(finding)
    off = is_off(instance.maybe) or is_off(module.maybe)
    if off:  # nobody imports it, so that nothing is missed
        session.findings[before:] = [one for one in session.findings[before:] if one.name != "undecided-value"]
        session.used = used
    origin = (f"in the module `{module.path.removesuffix('.')}`",) if module.path else ()
    noted = tuple(note for note in (instance.note,) if note is not None)
    origin = (*origin, *module.notes)
    notes = (*noted, *placing.notes, *sink.notes, *origin, *_defaults(session.defaults))
    scope = module.provider_of(block).scope
    for number, one in enumerate(bodies):
        said = notes if number == 0 else (*noted, *origin)
        deciding = [it for it in (one.maybe, instance.maybe, module.maybe) if it is not None]
        maybe = max(deciding, key=is_off, default=None)
        places = sink.places if one.places is None else one.places
        yield Found(one.kind, name, one.body, one.place or block.span, said, scope, places, maybe)


def _guarded(session: Session, span: Span, work: Callable[[], Any]) -> Any:
    """The result of work; what goes wrong in it is said at its place, and the result then None."""
    try:
        return work()
    except Failure as failure:
        session.complain("undecided-value", failure.message, failure.span or span)
    except (TooMuchError, RecursionError):
        session.depth = 0
        session.complain("too-large", TOO_MUCH, span)
    return None


def _defaults(names: set[str]) -> tuple[str, ...]:
    if not names:
        return ()
    shown = ", ".join(f"`{name}`" for name in sorted(names))
    return (f"with the default{'s' if len(names) > 1 else ''} of the variable{'s' if len(names) > 1 else ''} {shown}",)


def _referred(session: Session) -> Iterator[Found]:
    """The keys and roles that were referred to."""
    for (_, kind, name), handle in sorted(session.used.items(), key=lambda item: item[0]):
        module, block = handle.module, handle.block
        known = module.instances(block)
        for one in known if isinstance(known, list) else ():
            maker = managed.role if kind == "aws_iam_role" else managed.key

            def make(placing: Placing, sink: Sink, one: Instance = one, maker: Any = maker, of: Any = handle) -> Any:
                return maker(replace(of, instance=one), placing, sink, one.scope)

            yield from _found(module, block, f"{module.path}{kind}.{name}", name, one, make)


def _policy(module: Module, name: str, block: Block) -> Reading:
    """A backup policy of Organizations; other kinds of policies are none of ours."""
    known = module.instances(block)
    readings = []
    outside = partial(_outside, module.provider_of(block))
    for one in known if isinstance(known, list) else ():
        placing = Placing(outside)
        arguments = placing.resource(block, one.scope)
        kind, content = arguments.get("type"), arguments.get("content")
        module.session.findings.extend(placing.findings)
        if content is not None and is_backup(kind, content):
            called = arguments.get("name")
            label = called.value if called is not None and isinstance(called.value, str) else name
            notes = (one.note,) if one.note else ()
            readings.append(document(content, label, attached(_targets(module, name)), notes))
    return joined(readings)


def _outside(provider: Provider, text: str) -> Any:
    """A text in a policy that other accounts get: our own account and Region are none of theirs."""
    said = text.replace(ACCOUNT, provider.account or ACCOUNT).replace(REGION, provider.region or REGION)
    if not marked(said):
        return said
    return undecided(said.replace(ACCOUNT, "${own account}").replace(REGION, "${own Region}"), _DEPLOYER)


def _targets(module: Module, name: str) -> list[Any]:
    """What the policy is attached to, as far as the configuration says."""
    mine = re.compile(rf"(\$\{{)?aws_organizations_policy\.{re.escape(name)}[\[.]")
    targets: list[Any] = []
    for _, block in module.declared.of_type("aws_organizations_policy_attachment"):
        policy, target = block.body.attribute("policy_id"), block.body.attribute("target_id")
        if policy is None or target is None or not mine.match(policy.value.text):
            continue
        known = module.instances(block)
        for one in known if isinstance(known, list) else ():
            outside = partial(_outside, module.provider_of(block))
            value = Placing(outside).expression(target.value, one.scope)
            targets.append(value.plain())
    return targets
