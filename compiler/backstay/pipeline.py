"""The compiler: load, resolve, lint, emit."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, assert_never, get_args

from backstay import ir, load, org
from backstay_contract.findings import Finding, in_order

if TYPE_CHECKING:
    from backstay.lint.fix import Fix, Spot

Target = Literal["accounts", "cloudformation", "organizations", "terraform"]
TARGETS: tuple[Target, ...] = get_args(Target)


@dataclass(frozen=True)
class Checked:
    """Policies that went through every stage that they could reach; `model` is None if one had errors before lint.

    `org` is None if there is no organization file: then the model is of one made up from the policies' own names.
    `fixes` has what puts some of the findings right, by what these are known by (`lint.fix.spot`).
    """

    loaded: load.Loaded
    org: org.OrgFile | None
    model: ir.Model | None
    findings: tuple[Finding, ...]
    suppressed: int = 0
    fixes: Mapping[Spot, Fix] = field(default_factory=dict)


def check(
    paths: Sequence[Path],
    org_path: Path | None,
    *,
    now: datetime.date,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    inventory: Sequence[Mapping[str, Any]] | None = None,
    lint: bool = True,
    require_sandbox: bool = False,
    emit: bool = True,
    ahead: Sequence[str] = (),
) -> Checked:
    """Load, resolve and, unless told otherwise, lint policies. `org_path` None: the file beside the policies.

    `emit`: whether a build will be made of it, so that what it takes may be read ahead, like the modules `ahead`.

    Never raises for what files say; `lint`'s `UnknownRuleError` for a rule in `select` or `ignore` that is none.
    """
    beside = org_path or org.beside(paths)
    read_ahead = partial(_read_ahead, lint=lint, emit=emit, more=ahead)
    loaded = load.load(paths, require_sandbox=require_sandbox, meanwhile=read_ahead)
    from backstay import resolve

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
    if not lint:
        return Checked(loaded, file, resolved.model, tuple(in_order(findings)))
    from backstay.lint.run import run

    linted = run(resolved.model, loaded, now=now, select=select, ignore=ignore, inventory=inventory)
    found = tuple(in_order([*findings, *linted.findings]))
    return Checked(loaded, file, resolved.model, found, linted.suppressed, linted.fixes)


def _read_ahead(*, lint: bool, emit: bool, more: Sequence[str]) -> None:
    """Import the next stages and read their tables: done while policies run in their own process, it costs nothing."""
    with suppress(Exception):  # whoever needs them asks for them again, and is told then
        import_module("backstay.org.reader")
        import_module("backstay.resolve")
        if lint:
            import_module("backstay.lint.registry").every()
        if emit:
            import_module("backstay.emit.accounts")
        for module in more:
            import_module(module)
        catalog = import_module("backstay_aws.catalog.reading")
        for table in (catalog.resource_types, catalog.limits, catalog.regions):
            table()


def build(checked: Checked, *, packed: bool, targets: Sequence[Target] = ("accounts",)) -> Iterator[tuple[str, bytes]]:
    """The files of the build of what was checked, by their paths. Raises `ValueError` if there is no model.

    Index, shapes and provenance are always there: they are what makes a folder a build. With `organizations` and
    without `accounts` they hold what backup policies cannot express, so that applying both makes the whole.
    """
    from backstay.emit import accounts

    model = _model(checked)
    if "organizations" in targets and "accounts" not in targets:
        from backstay.emit import organizations

        model = organizations.remainder(model)
    yield from accounts.emit(model, checked.loaded.root, packed=packed or "accounts" not in targets)
    for target in dict.fromkeys(targets):
        yield from _emit(target, _model(checked))


def _emit(target: Target, model: ir.Model) -> Iterator[tuple[str, bytes]]:
    """The files of a target beside the build's own."""
    match target:
        case "accounts":
            return iter(())
        case "cloudformation":
            from backstay.emit import cloudformation

            return cloudformation.emit(model)
        case "organizations":
            from backstay.emit import organizations

            return organizations.emit(model)
        case "terraform":
            from backstay.emit import terraform

            return terraform.emit(model)
        case _:
            assert_never(target)


def left_out(checked: Checked, targets: Sequence[Target]) -> tuple[Finding, ...]:
    """What the targets cannot express, each at its place. Raises `ValueError` if there is no model."""
    model = _model(checked)
    found: list[Finding] = []
    for target in dict.fromkeys(targets):
        found += _left_out(target, model)
    return tuple(in_order(found))


def _left_out(target: Target, model: ir.Model) -> tuple[Finding, ...]:
    match target:
        case "accounts":
            return ()
        case "cloudformation":
            from backstay.emit import cloudformation

            return cloudformation.report(model)
        case "organizations":
            from backstay.emit import organizations

            return organizations.report(model)
        case "terraform":
            from backstay.emit import terraform

            return terraform.report(model)
        case _:
            assert_never(target)


def _model(checked: Checked) -> ir.Model:
    if checked.model is None:
        raise ValueError("policies with errors have no build")
    return checked.model


def exit_code(findings: Iterable[Finding]) -> int:
    """2 if something could not be read at all, else 1 if there is an error, else 0."""
    wrong = [finding for finding in findings if finding.severity == "error"]
    if any(load.unreadable(finding) or org.unreadable(finding) for finding in wrong):
        return 2
    return 1 if wrong else 0
