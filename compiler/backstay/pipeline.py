"""The compiler: load, resolve, lint, emit."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, assert_never

from backstay import ir, load, org
from backstay_contract.findings import Finding, in_order

Target = Literal["accounts"]


@dataclass(frozen=True)
class Checked:
    """Policies that went through every stage that they could reach; `model` is None if one had errors before lint.

    `org` is None if there is no organization file: then the model is of one made up from the policies' own names.
    """

    loaded: load.Loaded
    org: org.OrgFile | None
    model: ir.Model | None
    findings: tuple[Finding, ...]
    suppressed: int = 0


def check(
    paths: Sequence[Path],
    org_path: Path | None,
    *,
    now: datetime.date,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    inventory: Sequence[Mapping[str, Any]] | None = None,
) -> Checked:
    """Load, resolve and lint policies. Without `org_path`, the organization file beside the policies is taken.

    Never raises for what files say; `lint`'s `UnknownRuleError` for a rule in `select` or `ignore` that is none.
    """
    from backstay import resolve
    from backstay.lint.run import run as lint

    beside = org_path or org.beside(paths)
    loaded = load.load(paths)
    file = org.read(beside) if beside is not None else None
    findings = [*loaded.findings, *(file.findings if file is not None else ())]
    if exit_code(findings) == 2:
        return Checked(loaded, file, None, tuple(in_order(findings)))
    known = file.organization if file is not None else None
    organization = known or resolve.placeholder_organization(loaded)
    resolved = resolve.resolve(loaded, organization, org_spans=file.spans if file is not None else None)
    findings += resolved.findings
    if resolved.model is None:
        return Checked(loaded, file, None, tuple(in_order(findings)))
    linted = lint(resolved.model, loaded, now=now, select=select, ignore=ignore, inventory=inventory)
    return Checked(loaded, file, resolved.model, tuple(in_order([*findings, *linted.findings])), linted.suppressed)


def build(checked: Checked, *, packed: bool, targets: Sequence[Target] = ("accounts",)) -> Iterator[tuple[str, bytes]]:
    """The files of the build of what was checked, by their paths. Raises `ValueError` if there is no model."""
    from backstay.emit import accounts

    if checked.model is None:
        raise ValueError("policies with errors have no build")
    for target in targets:
        match target:
            case "accounts":
                yield from accounts.emit(checked.model, checked.loaded.root, packed=packed)
            case _:
                assert_never(target)


def exit_code(findings: Iterable[Finding]) -> int:
    """2 if something could not be read at all, else 1 if there is an error, else 0."""
    wrong = [finding for finding in findings if finding.severity == "error"]
    if any(load.unreadable(finding) or org.unreadable(finding) for finding in wrong):
        return 2
    return 1 if wrong else 0
