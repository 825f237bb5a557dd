"""What a lint run looked at, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backstay.ir import Model
from backstay_contract.findings import Finding, LintSummary
from backstay_formats.verdict import counted

if TYPE_CHECKING:
    from backstay.load import Loaded


def summary(findings: Sequence[Finding], loaded: Loaded, model: Model | None, suppressed: int) -> LintSummary:
    """The numbers of the last line. Without a model no account was reached."""
    errors, warnings, advice = counted(findings)
    shapes = model.shapes if model is not None else ()
    return LintSummary(
        errors=errors,
        warnings=warnings,
        advice=advice,
        suppressed=suppressed,
        files=len(loaded.files),
        policies=len({policy.name for policy in loaded.policies}),
        plans=len({(policy.name, plan.name) for policy in loaded.policies for plan in policy.plans}),
        accounts=len({account for shape in shapes for account in shape.accounts}),
        shapes=len(shapes),
    )
