"""`backstay prove`: whether what the policies promise holds for every resource that there could be."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
@require_sandbox
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def prove(
    paths: tuple[Path, ...],
    org: Path | None,
    now: datetime.date | None,
    fail_on: str,
    verify: bool,
    require_sandbox: bool,
    form: str,
) -> None:
    """Prove or refute each `Require` for every resource that there could be: account, Region, type and any tags.

    PROVED holds for all of them; COUNTEREXAMPLE shows one for which it does not, and what comes nearest to protecting
    it; UNKNOWN says what it hangs on that neither AWS nor the policies say.
    """
    from backstay import pipeline
    from backstay.cli.complaints import complain
    from backstay.prove.requirement import prove as answers_of
    from backstay.prove.text import document, text
    from backstay_formats.escape import terminal

    on = now or today()
    checked = pipeline.check(paths or (Path("policies"),), org, now=on, lint=False, require_sandbox=require_sandbox)
    tell_layers(checked.loaded)
    if checked.model is None:
        complain([one for one in checked.findings if one.severity == "error"], checked.loaded.sources)
        click.get_current_context().exit(pipeline.exit_code(checked.findings))
    if checked.org is None:
        raise click.UsageError("there is no org.yaml or org.json beside the policies; name one with --org")
    answers = answers_of(checked.model, on)
    if verify:
        _verify(checked, answers)
    if form == "json":
        click.echo(json.dumps(document(answers), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(terminal(line) for line in text(answers).splitlines()))
    if any(answer.status in _FAILING[fail_on] for answer in answers):
        click.get_current_context().exit(FINDINGS)


def _verify(checked: Checked, answers: Sequence[Answer]) -> None:
    """Verify the proofs; leaves with 1 where one does not hold."""
    from backstay.prove.check import UnverifiedError, check

    assert checked.model is not None
    requirements = {one.name: one.node for one in checked.model.requirements}
    looked = proofs = 0
    for answer in answers:
        every = requirements[answer.name].every
        assert every is not None
        for certificate in answer.certificates:
            try:
                looked += check(certificate, every, checked.model.partition)
                proofs += 1
            except UnverifiedError as wrong:
                note(f"the proof of `{answer.name}` could not be verified: {wrong}")
                raise SystemExit(FINDINGS) from None
    note(f"{proofs} proofs verified on {looked:,} resources.")
