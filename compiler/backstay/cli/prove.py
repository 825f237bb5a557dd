"""`backstay prove`: whether what the policies promise holds for every resource that there could be."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.asked import answered, by_configuration, by_options
from backstay.cli.configured import config_options
from backstay.cli.context import note
from backstay.cli.day import day, today
from backstay.cli.layers import require_sandbox, tell_layers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backstay.pipeline import Checked
    from backstay.prove.answer import Answer

_FAILING = {"refuted": ("COUNTEREXAMPLE",), "unknown": ("COUNTEREXAMPLE", "UNKNOWN"), "never": ()}
FINDINGS = 1


@click.command("prove", short_help="Prove or refute what the policies promise.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--org", type=click.Path(path_type=Path), help="Organization file; default: the one beside the policies.")
@click.option("--now", type=day, metavar="DATE", help="The day from which schedules are looked at; default: today.")
@click.option(
    "--fail-on",
    type=click.Choice(list(_FAILING)),
    default="refuted",
    show_default=True,
    help="What makes the exit code 1; `unknown` means unknown and refuted.",
)
@click.option("--verify", is_flag=True, help="Verify every proof by a second, plain way.")
@click.option(
    "--invariant",
    "names",
    metavar="NAME",
    multiple=True,
    help="An invariant with a name, beside what policies promise and the configuration asks; repeat it for more.",
)
@config_options
@click.option("--list-invariants", is_flag=True, help="List the invariants that have a name, and stop.")
@click.option("--selections", is_flag=True, help="Also: dead and swallowed selections, resources under two plans.")
@require_sandbox
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def prove(
    paths: tuple[Path, ...],
    org: Path | None,
    now: datetime.date | None,
    fail_on: str,
    verify: bool,
    names: tuple[str, ...],
    config: Path | None,
    no_config: bool,
    list_invariants: bool,
    selections: bool,
    require_sandbox: bool,
    form: str,
) -> None:
    """Prove or refute each `Require` for every resource that there could be: account, Region, type and any tags.

    PROVED holds for all of them; COUNTEREXAMPLE shows one for which it does not, and what comes nearest to protecting
    it; UNKNOWN says what it hangs on that neither AWS nor the policies say.
    """
    if list_invariants:
        _list()
        return
    where = paths or (Path("policies"),)
    asked = by_options(names)
    asked += [one for one in by_configuration(where, config, no_config=no_config) if one not in asked]
    from backstay import pipeline
    from backstay.cli.complaints import complain

    on = now or today()
    checked = pipeline.check(
        where,
        org,
        now=on,
        lint=False,
        require_sandbox=require_sandbox,
        emit=False,
        ahead=("backstay.prove.requirement",),
    )
    from backstay.prove.requirement import prove as answers_of
    from backstay.prove.selections import remarks
    from backstay.prove.text import document, remark_lines, remark_rows, text
    from backstay_formats.escape import terminal

    tell_layers(checked.loaded)
    if checked.model is None:
        complain([one for one in checked.findings if one.severity == "error"], checked.loaded.sources)
        click.get_current_context().exit(pipeline.exit_code(checked.findings))
    if checked.org is None:
        raise click.UsageError("there is no org.yaml or org.json beside the policies; name one with --org")
    answers = [*answers_of(checked.model, on), *answered(checked, asked, on)]
    if verify:
        _verify(checked, answers)
    if form == "json":
        found = document(answers)
        if selections:
            found["selections"] = remark_rows(remarks(checked.model))
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        lines = text(answers).splitlines()
        if selections:
            lines += ["", *remark_lines(remarks(checked.model))]
        click.echo("\n".join(terminal(line) for line in lines))
    if any(answer.status in _FAILING[fail_on] for answer in answers):
        click.get_current_context().exit(FINDINGS)


def _list() -> None:
    from backstay.invariants.registry import INVARIANTS

    width = max(len(one.name) for one in INVARIANTS)
    for one in INVARIANTS:
        click.echo(f"{one.name:<{width}}  {one.meaning}")


def _verify(checked: Checked, answers: Sequence[Answer]) -> None:
    """Verify the proofs; leaves with 1 where one does not hold."""
    from backstay.prove.check import UnverifiedError, check

    assert checked.model is not None
    requirements = {one.name: one.node.every for one in checked.model.requirements}
    looked = proofs = 0
    for answer in answers:
        every = requirements.get(answer.name)  # a proof of an invariant with a name says what it is about
        for certificate in answer.certificates:
            try:
                looked += check(certificate, every, checked.model.partition)
                proofs += 1
            except UnverifiedError as wrong:
                note(f"the proof of `{answer.name}` could not be verified: {wrong}")
                raise SystemExit(FINDINGS) from None
    note(f"{proofs} proofs verified on {looked:,} resources.")
    bare = [one.name for one in answers if one.status == "PROVED" and not one.certificates]
    if bare:
        note(f"Proved without a proof that can be verified this way: {', '.join(bare)}.")
