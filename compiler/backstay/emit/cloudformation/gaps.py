"""What a policy says and CloudFormation has no resource for: told at its place, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay import ir
from backstay.emit.cloudformation.values import is_function
from backstay_contract.findings import Finding, Span, in_order
from backstay_contract.stacksets import StackLeftOut

# What is left out → code of the finding, and why. Source: CloudFormation resource and property types reference,
# AWS Backup (ten types), read 2026-11.
GAPS = {
    "opt-ins": ("CFN101", "CloudFormation has no resource for a Region's opt-ins (UpdateRegionSettings)"),
    "management": ("CFN102", "CloudFormation has no resource for full management (UpdateRegionSettings)"),
    "global": ("CFN103", "CloudFormation has no resource for the organization's settings (UpdateGlobalSettings)"),
    "key": ("CFN104", "CloudFormation takes a key of that name for a function"),
}
_HELP = "let `backstay apply` or the Terraform target make it"
_HELPS = {"key": "give it another name, or let `backstay apply` make it"}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that no template says."""

    gap: str
    what: str
    span: Span | None

    def entry(self) -> StackLeftOut:
        """The line in the manifest."""
        return StackLeftOut(what=self.what, why=GAPS[self.gap][1])


def of_shape(shape: ir.Shape) -> Iterator[LeftOut]:
    """What the templates of a shape lack."""
    for gap, what, pairs, where in (
        ("opt-ins", "opt-in of", shape.opt_in, shape.opt_in_where),
        ("management", "full management of", shape.management, shape.management_where),
    ):
        field = "opt_in" if gap == "opt-ins" else "full_management"
        for name, on in pairs:
            span = where[name].field(field) if name in where else None
            yield LeftOut(gap, f"{what} {name}: {'on' if on else 'off'}", span)
    for kind, owner, named, place in _named(shape):
        yield from (LeftOut("key", f"{kind} `{key}` of {owner}", place) for key, _ in named if is_function(key))


_Pairs = tuple[tuple[str, str], ...]


def _named(shape: ir.Shape) -> Iterator[tuple[str, str, _Pairs, Span | None]]:
    """What the author names freely and AWS takes as a member's name; other tags are lists of keys and values."""
    vaults: tuple[ir.Vault | ir.AirGappedVault, ...] = (*shape.vaults, *shape.air_gapped_vaults)
    for vault in vaults:
        yield "tag", f"vault {vault.name}", vault.tags, vault.where.field("tags")
    for plan in shape.plans:
        yield "tag", f"plan {plan.name}", plan.tags, plan.where.field("tags")
        for rule in plan.rules:
            yield "tag", f"rule {plan.name}/{rule.name}", rule.tags, rule.where.field("tags")
    for tiering in shape.tiering:
        yield "tag", f"tiering {tiering.name}", tiering.tags, tiering.where.field("tags")
    for test in shape.restore_tests:
        for chosen in test.selections:
            place = chosen.where.field("overrides")
            yield "override", f"restore test {test.name}/{chosen.name}", chosen.overrides, place


def of_organization(model: ir.Model) -> Iterator[LeftOut]:
    """What no stack set of the whole organization says."""
    span = model.global_where.span if model.global_where is not None else None
    for name, value in model.global_settings:
        yield LeftOut("global", f"{name}: {value}", span)


def report(model: ir.Model) -> tuple[Finding, ...]:
    """A warning for each thing that the CloudFormation target leaves out, with the number of accounts that miss it."""
    missed: dict[LeftOut, set[str]] = {one: {model.management_account} for one in of_organization(model)}
    for shape in model.shapes:
        for one in of_shape(shape):
            missed.setdefault(one, set()).update(shape.accounts)
    return tuple(in_order([_finding(one, len(accounts)) for one, accounts in missed.items()]))


def _finding(one: LeftOut, accounts: int) -> Finding:
    code, why = GAPS[one.gap]
    return Finding(
        code=code,
        name="left-out-of-cloudformation",
        severity="warning",
        message=f"{one.what} is not in the templates: {why}",
        span=one.span,
        help=_HELPS.get(one.gap, _HELP),
        accounts=accounts,
    )
