"""`backstay explain`: why something is, or is not, protected."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstay.cli.context import note
from backstay.cli.day import day, today
from backstay.cli.layers import require_sandbox, tell_layers
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay import ir
    from backstay.explain import Resource
    from backstay.pipeline import Checked


@click.command("explain", short_help="Say why something is, or is not, protected.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--org", type=click.Path(path_type=Path), help="Organization file; default: the one beside the policies.")
@click.option("--account", metavar="A", help="The account, by name or id; default: the one in the resource's ARN.")
@click.option("--region", metavar="R", help="Only this Region; default: that of the ARN, or all of the account.")
@click.option("--resource", metavar="ARN", help="A resource: which plans take it, and why the others do not.")
@click.option("--type", "kind", metavar="T", help="The resource's type, such as RDS; default: what the ARN says.")
@click.option("--tag", "tags", metavar="K=V", multiple=True, help="A tag of the resource; repeatable.")
@click.option("--inventory", type=click.Path(path_type=Path), help="Take type and tags of the resource from here.")
@click.option("--now", type=day, metavar="DATE", help="The day from which next starts are told; default: today.")
@require_sandbox
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(
    paths: tuple[Path, ...],
    org: Path | None,
    account: str | None,
    region: str | None,
    resource: str | None,
    kind: str | None,
    tags: tuple[str, ...],
    inventory: Path | None,
    now: datetime.date | None,
    require_sandbox: bool,
    form: str,
) -> None:
    """Say which policies, plans, rules and vaults reach an account, or a resource with its tags, and why.

    With --resource, or with --type and --tag for one that might be, each plan is judged term by term, at the line where
    the term is written.
    """
    from backstay import pipeline
    from backstay.cli.complaints import complain

    checked = pipeline.check(
        paths or (Path("policies"),), org, now=now or today(), lint=False, require_sandbox=require_sandbox
    )
    tell_layers(checked.loaded)
    if checked.model is None:
        complain([one for one in checked.findings if one.severity == "error"], checked.loaded.sources)
        click.get_current_context().exit(pipeline.exit_code(checked.findings))
    if checked.org is None:
        raise click.UsageError("there is no org.yaml or org.json beside the policies; name one with --org")
    wanted = _resource(resource, kind, _tags(tags), inventory)
    facts = _account(checked.model, account or (_part(resource, "account") if resource else None))
    click.echo(
        _write(
            checked,
            facts,
            _regions(facts, region or (_part(resource, "region") if resource else None)),
            wanted,
            form,
            now or today(),
        )
    )


def _tags(pairs: Sequence[str]) -> dict[str, str]:
    """`K=V` pairs; the value may hold further signs of equality, and may be empty."""
    found = dict(pair.partition("=")[::2] for pair in pairs)
    wrong = next((pair for pair in pairs if "=" not in pair or pair.startswith("=")), None)
    if wrong is not None:
        raise click.UsageError(f"--tag {wrong}: write a key and a value, such as --tag backup=gold")
    return found


def _resource(arn: str | None, kind: str | None, tags: Mapping[str, str], inventory: Path | None) -> Resource | None:
    """The resource that is asked for; None if the question is about the account."""
    from backstay.explain import Resource
    from backstay_aws import arns, catalog

    if arn is None and kind is None and not tags:
        return None
    if kind is not None and catalog.resource_type(kind) is None:
        known = [row.name for row in catalog.resource_types()]
        raise click.UsageError(f"AWS Backup has no type `{kind}`{_nearest(kind, known)}; `backstay catalog` lists them")
    if arn is not None and arns.parse(arn) is None:
        raise click.UsageError(f"`{arn}` is no ARN")
    row = _row(inventory, arn) if arn is not None and inventory is not None else {}
    kind = kind or row.get("type") or (_type_of(arn) if arn is not None else "")
    return Resource(arn or _some(kind), kind, {**row.get("tags", {}), **tags})


def _type_of(arn: str) -> str:
    """The type that an ARN says; "" if it may be of several or of none."""
    from backstay_aws.selection import types_of

    found = types_of(arn)
    return found[0] if len(found) == 1 else ""


def _some(kind: str) -> str:
    """The ARN of a resource of a type that might be."""
    from backstay_aws import catalog

    row = catalog.resource_type(kind)
    return row.arn.replace("*", "any").replace("{region}", "any") if row is not None else "any resource"


def _row(inventory: Path, arn: str) -> Mapping[str, Any]:
    """The resource's row of an inventory. Raises `UnusableError`."""
    from backstay.lint.inventory import InventoryError, read

    try:
        rows = read(inventory)
    except InventoryError as wrong:
        raise UnusableError(str(wrong)) from None
    found = next((row for row in rows if row["arn"] == arn), None)
    if found is None:
        raise UnusableError(f"the inventory {inventory} has no {arn}")
    return found


def _part(arn: str | None, name: str) -> str | None:
    """Account or Region of an ARN, if it has one: that of a bucket has neither."""
    from backstay_aws import arns

    parsed = arns.parse(arn) if arn is not None else None
    return (getattr(parsed, name) or None) if parsed is not None else None


def _account(model: ir.Model, wanted: str | None) -> ir.AccountFacts:
    """The account by name or id. Raises `UsageError`; exits with 1 if there is none of that name."""
    if wanted is None:
        raise click.UsageError("say which account: --account NAME")
    found = [facts for facts in model.accounts.values() if wanted in (facts.id, facts.name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"several accounts are called {wanted}: {', '.join(one.id for one in found)}")
    known = [name for facts in model.accounts.values() for name in (facts.id, facts.name)]
    note(f"The organization has no account `{wanted}`{_nearest(wanted, known)}.")
    raise SystemExit(1)


def _nearest(wanted: str, known: Sequence[str]) -> str:
    near = get_close_matches(wanted, known, n=1)
    return f", did you mean `{near[0]}`?" if near else ""


def _regions(facts: ir.AccountFacts, region: str | None) -> tuple[str, ...]:
    """The Regions to tell of: those of the account, or the one asked for. Exits with 1 if it is none of them."""
    if region is None:
        return facts.regions
    if region not in facts.regions:
        note(f"{facts.name} does not use {region}; its Regions are {', '.join(facts.regions)}.")
        raise SystemExit(1)
    return (region,)


def _write(
    checked: Checked,
    facts: ir.AccountFacts,
    regions: Sequence[str],
    resource: Resource | None,
    form: str,
    now: datetime.date,
) -> str:
    from backstay.explain import answer, judge, reaches, text
    from backstay.resolve.tree import grow
    from backstay_formats.escape import terminal

    assert checked.model is not None
    assert checked.org is not None
    assert checked.org.organization is not None
    member = grow(checked.org.organization).by_id[facts.id]
    shapes = {region: _shape(checked.model, facts.id, region) for region in regions}
    own = resource and _placed(resource, facts.id)
    judged = {region: judge(shape, own) for region, shape in shapes.items() if shape is not None} if own else {}
    reached = reaches(checked.loaded.policies, member, checked.loaded.sources)
    said = answer(facts, reached, shapes, own, judged, now)
    if form == "json":
        return json.dumps(said, indent=2, ensure_ascii=False)
    return "\n".join(terminal(line) for line in text(said).splitlines())


def _placed(resource: Resource, account: str) -> Resource:
    """A resource that might be, in the account that is asked about."""
    from dataclasses import replace

    return replace(resource, arn=resource.arn.replace("{account}", account).replace("{partition}", "aws"))


def _shape(model: ir.Model, account: str, region: str) -> ir.Shape | None:
    return next((one for one in model.shapes if one.region == region and account in one.accounts), None)
