"""`backstay audit`: read the organization and say which controls hold where. Changes nothing in AWS."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstay_agent.cli.choosing import choose_controls
from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import FINDINGS, PARTLY, USAGE, leave, worst
from backstay_agent.cli.progress import Progress
from backstay_agent.cli.reading import choose_accounts, load_build
from backstay_agent.cli.signature import signature_option
from backstay_agent.cli.signing_key import read_private_key
from backstay_agent.cli.writing import write_file

if TYPE_CHECKING:
    from backstay_agent.audit.formats.chosen import Columns
    from backstay_agent.audit.report import Chapter
    from backstay_agent.audit.result import Result
    from backstay_agent.aws import Aws
    from backstay_agent.controls.facts import Facts
    from backstay_agent.signing.keys import PrivateKey
    from backstay_agent.wanted import Build

_FORMATS = ("text", "json", "csv", "junit", "sarif", "asff", "ocsf", "oscal", "html")
_COLUMNS = ("resources", "controls", "findings")


class _Audit(click.Command):
    """`audit BUILD`, and `audit verify EVIDENCE`, which has arguments of its own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        below = self.below(args[0]) if args else None
        if below is not None:
            return below.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    @staticmethod
    def below(word: str) -> click.Command | None:
        """The command that is meant where a word stands in the place of the build; None where it is a build."""
        if word != "verify":
            return None
        from backstay_agent.cli.audit_verify import verify

        return verify

    def invoke(self, ctx: click.Context) -> Any:
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)


@click.command(cls=_Audit)
@click.argument("build", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option(
    "--columns",
    type=click.Choice(_COLUMNS),
    default="resources",
    show_default=True,
    help="Of CSV: AWS's resource or control compliance report, or all that a finding has.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there instead.")
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (id or name); repeatable.")
@click.option("--control", "wanted", multiple=True, metavar="NAME", help="Only this control; repeatable.")
@click.option(
    "--set", "settings", multiple=True, metavar="CONTROL.P=VALUE", help="Set a parameter of a control; repeatable."
)
@click.option(
    "--executor", type=click.Choice(["threads"]), default="threads", show_default=True, help="What reads in parallel."
)
@click.option(
    "--submit-security-hub", "submitted", is_flag=True, help="Import the findings into each account's Security Hub."
)
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the evidence bundle there as well as beside the report. `backstay audit verify FILE` checks it.",
)
@click.option("--sign-key", metavar="FILE", help="Sign the evidence (PEM, Ed25519 or ECDSA P-256); env:NAME too.")
@click.option("--story", type=click.Path(path_type=Path, exists=True, dir_okay=False), hidden=True)
@signature_option
@aws_options
def audit(
    build: Path,
    form: str,
    output: Path | None,
    accounts: tuple[str, ...],
    wanted: tuple[str, ...],
    settings: tuple[str, ...],
    executor: str,
    story: Path | None,
    columns: Columns,
    submitted: bool,
    evidence: Path | None,
    sign_key: str | None,
    connection: Connection,
) -> None:
    """Put the controls to everything in the accounts of BUILD and of its organization.

    Exits with 0 when nothing fails, 1 when a control does not hold somewhere, 3 when something could not be read. The
    raw result, the HTML report and the evidence are kept in `.backstay/audit/`. `backstay audit verify FILE` checks
    evidence again.
    """
    from backstay_agent.audit.result import judge

    chosen, parameters = choose_controls(wanted, settings)
    key = read_private_key(sign_key) if sign_key else None
    loaded = load_build(build)
    only = choose_accounts(loaded, accounts)
    aws = connection.open(loaded.home)
    with _executor(executor) as pool:
        facts = _collect(loaded, aws, pool, only)
    result = judge(facts, chosen, parameters)
    kept = _bundled(result, loaded, evidence, key)
    result = _tell(result, build, form, output, story, columns, kept)
    refused = submitted and _submit(result, aws)
    unread = refused or facts.unread or any(place.unread for place in facts.places)
    codes = {PARTLY} if unread else set()
    raise click.exceptions.Exit(worst(codes | ({FINDINGS} if result.report.summary.non_compliant else set())))


def _executor(name: str) -> Executor:
    from backstay_agent.audit.collect import WORKERS

    assert name == "threads"
    return ThreadPoolExecutor(WORKERS)


def _collect(build: Build, aws: Aws, pool: Executor, only: Sequence[str]) -> Facts:
    from backstay_agent.audit.collect import collect
    from backstay_agent.aws import UnreachableError

    try:
        with Progress("reading") as progress:
            return collect(build, aws, pool, only, progress.set)
    except UnreachableError as error:
        leave(USAGE, f"error: {error}")


def _bundled(result: Result, build: Build, evidence: Path | None, key: PrivateKey | None) -> Path:
    """Write the evidence, first of all, so that nothing is told that cannot be shown; gives where it lies."""
    from backstay_agent.audit import store
    from backstay_agent.audit.evidence.write import pieces

    path = store.path_of(result.report).with_suffix(".evidence.zip")
    write_file(path, pieces(result, build, key))
    if evidence is not None:
        with path.open("rb") as kept:
            write_file(evidence, iter(lambda: kept.read(1 << 20), b""))
    return evidence or path


def _submit(result: Result, aws: Aws) -> bool:
    """Hand the findings to Security Hub; whether something was not taken."""
    from backstay_agent.audit.submit import submit
    from backstay_agent.aws import UnreachableError
    from backstay_formats.escape import terminal

    try:
        done = submit(result, aws)
    except UnreachableError as error:
        leave(USAGE, f"error: {error}")
    click.echo(f"Security Hub took {done.taken:,} finding{'' if done.taken == 1 else 's'}.", err=True)
    for problem in done.problems:
        click.echo(terminal(problem), err=True)
    return bool(done.problems)


def _tell(
    result: Result,
    build: Path,
    form: str,
    output: Path | None,
    story: Path | None,
    columns: Columns,
    evidence: Path,
) -> Result:
    """Compare with the audit before, keep the result, and write or print it; gives what was told."""
    from dataclasses import replace

    from backstay_agent.audit import history, report, store
    from backstay_agent.audit.compare import compare

    earlier = store.before(result.report)
    result = replace(result, since=compare(earlier, result.report) if earlier else None)
    page = report.render(
        result.report,
        result.facts,
        _chapters(story),
        parameters=result.parameters,
        build=str(build),
        before=history.before(result.report),
    )
    told = page if form == "html" else _formatted(result, form, columns)
    try:
        raw = store.keep(result.report)
        history.keep(result.report)
        kept = raw.with_suffix(".html")
        kept.write_bytes(page)
        if output is not None:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_bytes(told)
    except OSError as error:
        leave(USAGE, f"error: the result cannot be written: {error}")
    if output is None:
        click.echo(told, nl=False)
    click.echo(f"Evidence: {evidence}   (checked by backstay audit verify)", err=form != "text")
    click.echo(f"Report: {output or kept}   Raw result: {raw}", err=form != "text")
    return result


def _chapters(story: Path | None) -> list[Chapter]:
    """The story of a demo, which stands before the report."""
    import json

    from backstay_agent.audit.report import Chapter

    return [Chapter(**chapter) for chapter in json.loads(story.read_bytes())] if story else []


def _formatted(result: Result, form: str, columns: Columns) -> bytes:
    """The report in one of the formats of text."""
    from backstay_agent.audit import text
    from backstay_agent.audit.formats import chosen

    for machine in chosen.FORMS:
        if form == machine:
            return chosen.render(machine, result, columns=columns)
    return text.render(result, colour=_colour()).encode()


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
