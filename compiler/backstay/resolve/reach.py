"""Reach: policies that hold for no account, and extensions where the extended policy does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay.resolve.classes import Class
from backstay.resolve.layers import Layer, place
from backstay.resolve.problem import problem, several
from backstay.resolve.tree import Member
from backstay.source import Sources
from backstay_contract.findings import Finding


def reach(layers: Sequence[Layer], classes: Sequence[Class], sources: Sources) -> Iterator[Finding]:
    """A complaint for each policy that reaches nobody or extends what does not reach its accounts."""
    for layer in layers:
        own = [group for group in classes if layer in group.layers]
        if not any(layer.reaches(region) for group in own for region in group.regions):
            yield _nobody(layer, bool(own), sources)
        if layer.base is not None:
            yield from _extension(layer, layer.base, own, sources)


def _nobody(layer: Layer, attached: bool, sources: Sources) -> Finding:
    field = "regions" if attached else "attach"
    why = "none of its Regions is used by the accounts that it is attached to" if attached else "no account is there"
    message = f"policy `{layer.policy.name}` holds for no account: {why}"
    return problem("attached-to-no-account", message, place(sources, layer, field), label=layer.target)


def _extension(layer: Layer, base: Layer, own: Sequence[Class], sources: Sources) -> Iterator[Finding]:
    span = place(sources, layer, "extends")
    name, extended = layer.policy.name, base.policy.name
    bare: list[Member] = [member for group in own if base not in group.layers for member in group.members]
    if bare:
        names = several(sorted(member.name for member in bare))
        message = f"policy `{name}` extends `{extended}`, which {len(bare)} of its accounts do not get: {names}"
        help_ = f"attach `{name}` only where `{extended}` holds ({base.target})"
        yield problem("extends-nothing", message, span, help=help_, accounts=len(bare))
    beyond = sorted((layer.regions or frozenset()) - base.regions) if base.regions is not None else []
    if beyond:
        message = f"policy `{name}` extends `{extended}`, which does not hold in {several(beyond)}"
        yield problem("extends-nothing", message, place(sources, layer, "regions"))
