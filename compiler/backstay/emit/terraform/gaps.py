"""What a policy says and the Terraform provider cannot: told at its place, never dropped in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from backstay import ir
from backstay_aws import terraform
from backstay_contract.findings import Finding, Span, in_order

CODES = {
    # gap of the provider → code of the finding
    "legal-hold": "TFM101",
    "tiering": "TFM102",
    "index-actions": "TFM103",
    "advanced-settings": "TFM104",
    "report-template": "TFM105",
    "restore-arns-with-conditions": "TFM106",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that a module lacks: by the provider's gap, in the author's words, at its place."""

    gap: str
    what: str
    span: Span | None


def left_out(shape: ir.Shape) -> Iterator[LeftOut]:
    """What the module of a shape lacks, in the order of the model."""
    for plan in shape.plans:
        yield from _plan(plan)
    for report in shape.reports:
        if not takes_template(report.template):
            what = f"report `{report.name}` of template {report.template}"
            yield LeftOut("report-template", what, report.where.field("template"))
    for test in shape.restore_tests:
        for one in test.selections:
            if not takes_filter(one.resources, bool(one.string_equals or one.string_not_equals)):
                what = f"selection `{one.name}` of restore test `{test.name}`"
                yield LeftOut("restore-arns-with-conditions", what, one.where.field("resources"))
    for hold in shape.legal_holds:
        yield LeftOut("legal-hold", f"legal hold `{hold.title}`", hold.where.span)
    for tiering in shape.tiering:
        yield LeftOut("tiering", f"tiering `{tiering.name}`", tiering.where.span)


def report(model: ir.Model) -> tuple[Finding, ...]:
    """A warning for each thing that the Terraform target leaves out, with the number of accounts that miss it."""
    missed: dict[LeftOut, set[str]] = {}
    for shape in model.shapes:
        for one in left_out(shape):
            missed.setdefault(one, set()).update(shape.accounts)
    return tuple(in_order([_finding(one, len(accounts)) for one, accounts in missed.items()]))


def takes_advanced(kind: str) -> bool:
    """Whether the provider lets advanced settings of a resource type through."""
    return kind in _values("aws_backup_plan", "advanced_backup_setting", "resource_type")


def takes_template(template: str) -> bool:
    """Whether the provider lets a report template through."""
    return template in _values("aws_backup_report_plan", "report_setting", "report_template")


def takes_filter(resources: Sequence[str], conditioned: bool) -> bool:
    """Whether the provider lets a restore-testing selection through: conditions over single ARNs it does not."""
    return not conditioned or tuple(resources) in ((), ("*",))


def _plan(plan: ir.Plan) -> Iterator[LeftOut]:
    for rule in plan.rules:
        if rule.index:
            what = f"search index of rule `{rule.name}` of plan `{plan.name}`"
            yield LeftOut("index-actions", what, rule.where.field("index"))
    for kind, options in plan.advanced:
        if not takes_advanced(kind):
            words = " and ".join(f"`{name}`" for name, _ in options)
            keyword = next((word for word in ("s3_acls", "s3_tags") if word in plan.where.fields), "")
            yield LeftOut(
                "advanced-settings", f"{kind} setting {words} of plan `{plan.name}`", plan.where.field(keyword)
            )


def _finding(one: LeftOut, accounts: int) -> Finding:
    gap = terraform.gap(one.gap)
    message = f"{one.what} is left out of the Terraform modules: the provider hashicorp/aws {gap.lacks}"
    note = f"{gap.source} (read {gap.date})"
    name = f"terraform-lacks-{one.gap}"
    return Finding(CODES[one.gap], name, "warning", message, one.span, "left out", (), (note,), gap.instead, accounts)


def _values(kind: str, block: str, argument: str) -> Collection[str]:
    known = terraform.resource(kind)
    assert known is not None, "the schema records what the emitter writes"
    return known.blocks[block].arguments[argument].values
