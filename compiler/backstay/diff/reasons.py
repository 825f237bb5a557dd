"""Why a resource has lost what it had, on the side that does not give it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backstay.diff.offers import band_problem
from backstay.explain.resource import Resource, judge

if TYPE_CHECKING:
    from backstay import ir
    from backstay.diff.meaning import Shortfall
    from backstay_contract.findings import Span

_FIELDS = {
    "points": "keep",
    "lock": "into",
    "copy": "copies",
    "vault": "into",
    "cold": "cold_after",
    "schedule": "at",
    "backup": "",
}
"""The keyword of a rule that says it."""


def reason(other: ir.Shape, short: Shortfall, *, lost: bool) -> tuple[str, Span | None]:
    """Why it is so, and where: on the other side for a loss, else on the giving one."""
    if not lost:
        return f"plan {short.offer.plan}, rule {short.offer.rule.name}", short.offer.rule.where.span
    refused = _refused(other, short)
    if refused is not None:
        return refused
    if short.best is not None and short.aspect not in ("backup", "plan"):
        rule = short.best.rule
        return f"plan {short.best.plan}, rule {rule.name}", rule.where.field(_FIELDS[short.aspect])
    judged = judge(other, Resource(short.witness.arn, short.witness.type, short.witness.tags))
    failed = [(refusal, term) for refusal in judged.refused for term in refusal.failed]
    if failed:
        refusal, term = min(failed, key=lambda one: len(one[0].failed))
        return f"plan {refusal.plan.name} asks for {term.text}; {term.has}", term.place
    return f"plan {short.offer.plan} is not there any more", None


def _refused(other: ir.Shape, short: Shortfall) -> tuple[str, Span | None] | None:
    """That the rule is still there and makes nothing, because its vault's lock refuses its jobs."""
    for plan in other.plans:
        for rule in plan.rules:
            if (plan.name, rule.name) == (short.offer.plan, short.offer.rule.name):
                vault = other.vault(rule.vault)
                wrong = band_problem(vault.lock if vault else None, rule.lifecycle)
                return None if wrong is None else (f"rule {rule.name} {wrong}", rule.where.field("keep"))
    return None
