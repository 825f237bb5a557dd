"""The resolver: policies and an organization in, the flat model out, as a sequence of small passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from backstay import ir
from backstay.dsl import Policy
from backstay.dsl.requirement import Require
from backstay.load import Loaded
from backstay.resolve.classes import Class, classify
from backstay.resolve.conflicts import clashes, unknown_finals
from backstay.resolve.context import Context
from backstay.resolve.inherit import Effective, Heirs
from backstay.resolve.layers import Layer, attach
from backstay.resolve.names import Names
from backstay.resolve.params import unused
from backstay.resolve.pins import stand
from backstay.resolve.places import of_node
from backstay.resolve.reach import reach
from backstay.resolve.renamed import renamed_twice
from backstay.resolve.settings import whole
from backstay.resolve.shapes import shapes
from backstay.resolve.texts import placeholders
from backstay.resolve.tree import Tree, account_place, grow
from backstay.resolve.tree import units as units_of
from backstay.source import Sources
from backstay_aws import arns
from backstay_contract.findings import Finding, Span, in_order
from backstay_contract.organization import Organization


@dataclass(frozen=True)
class Resolved:
    """The model, or None if an error (`RES…`) stands in its way; warnings do not."""

    model: ir.Model | None
    findings: tuple[Finding, ...]


def resolve(
    loaded: Loaded, organization: Organization, *, org_spans: Mapping[tuple[str | int, ...], Span] | None = None
) -> Resolved:
    """Work out what every account of an organization gets. Never raises for what policies say.

    `org_spans`: places in the organization file by data path (`("root", "accounts", 0)`), to point at.
    """
    policies = tuple(dict.fromkeys(loaded.policies))
    tree = grow(organization)
    context = Context(organization, tree, arns.partition_of(organization.regions[0]), loaded.sources)
    requirements = tuple(dict.fromkeys(loaded.requirements))
    context.findings.extend(placeholders((*policies, *requirements), loaded.sources))
    places = partial(account_place, organization, org_spans or {})
    context.findings.extend(Names(tree, loaded.sources, places).check(policies, requirements))
    attached = attach(policies, tree, loaded.sources)
    context.findings.extend(attached.findings)
    if _failed(context):
        return _resolved(None, context)
    model = _model(policies, attached.layers, context)
    return _resolved(replace(model, requirements=_requirements(requirements, loaded.sources)), context)


def _model(policies: Sequence[Policy], layers: Sequence[Layer], context: Context) -> ir.Model:
    tree, sources = context.tree, context.sources
    heirs = Heirs(sources, lambda account: _id(account, tree), context.findings)
    context.findings.extend(clashes(layers, heirs, sources))
    context.findings.extend(unknown_finals(layers, heirs, sources))
    for layer in layers:
        heirs.merged(tuple(reversed(layer.chain)))  # what is final is final even where nobody is reached
    classes = classify(tree, layers)
    context.findings.extend(reach(layers, classes, sources))
    stands = stand(classes, heirs, tree, sources)
    context.findings.extend(stands.findings)
    accounts = _facts(tree)
    units = {account: facts.unit for account, facts in accounts.items()}
    found = shapes(classes, heirs, stands, context, units)
    context.findings.extend(renamed_twice(found))
    every = _effectives(classes, heirs)
    alive = {layer.index for group in classes for region in group.reached() for layer in group.active(region)}
    context.findings.extend(unused((layer for layer in layers if layer.index in alive), heirs.used, sources))
    global_settings, global_where = whole(every, context)
    return ir.Model(
        organization=context.organization.id,
        management_account=context.organization.management_account,
        backup_account=context.organization.backup_account,
        partition=context.partition,
        policies=tuple(sorted({policy.name for policy in policies})),
        accounts=accounts,
        shapes=found,
        global_settings=global_settings,
        global_where=global_where,
        waivers=_waivers(layers, context),
        tree=units_of(context.organization),
        attachments=_attachments(layers, classes, sources),
    )


def _facts(tree: Tree) -> dict[str, ir.AccountFacts]:
    units = {member.path: "/".join(member.path) for member in tree.members}
    return {
        one.id: ir.AccountFacts(one.id, one.name, units[one.path], tuple(sorted(one.tags.items())), one.regions)
        for one in tree.members
    }


def _effectives(classes: Sequence[Class], heirs: Heirs) -> list[Effective]:
    """What holds anywhere, each combination of policies once."""
    found = (heirs.effective(group.active(region)) for group in classes for region in group.reached())
    return list({id(one): one for one in found}.values())


def _attachments(layers: Sequence[Layer], classes: Sequence[Class], sources: Sources) -> tuple[ir.Attachment, ...]:
    """Each policy where its author attached it, in the order in which accounts get them."""
    accounts: dict[int, list[str]] = {layer.index: [] for layer in layers}
    for group in classes:
        members = [member.id for member in group.members]
        for layer in group.layers:
            accounts[layer.index] += members
    return tuple(
        ir.Attachment(layer.policy.name, layer.target, tuple(sorted(accounts[layer.index])), _place(layer, sources))
        for layer in layers
    )


def _place(layer: Layer, sources: Sources) -> ir.Where:
    return of_node(layer.policy, layer, sources)


def _requirements(requirements: Sequence[Require], sources: Sources) -> tuple[ir.Requirement, ...]:
    placed = ((one, sources.where(one)) for one in requirements)
    return tuple(ir.Requirement(one.name, one, ir.Where(span, dict(fields))) for one, (span, fields) in placed)


def _waivers(layers: Sequence[Layer], context: Context) -> tuple[ir.Waiver, ...]:
    found = {waiver: layer for layer in reversed(layers) for waiver in reversed(layer.policy.waivers)}
    return tuple(
        ir.Waiver(
            waiver.rule,
            waiver.on,
            waiver.owner,
            waiver.reason,
            waiver.expires,
            of_node(waiver, layer, context.sources),
        )
        for waiver, layer in reversed(found.items())
    )


def _id(account: str, tree: Tree) -> str:
    found = tree.find(account)
    return found[0].id if found else account


def _failed(context: Context) -> bool:
    return any(finding.severity == "error" for finding in context.findings)


def _resolved(model: ir.Model | None, context: Context) -> Resolved:
    return Resolved(None if _failed(context) else model, tuple(in_order(context.findings)))
