"""`backstay audit`: read the organization and say which controls hold where. Changes nothing in AWS."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstay_agent.cli.asking import Asking, Telling, answer, asking_options, keep_as_tables, owned, thresholds
from backstay_agent.cli.at_any_size import audit_as_tables
from backstay_agent.cli.choosing import choose_controls
from backstay_agent.cli.collecting import Collecting, collecting_options, gather_facts, incomplete, stored
from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import FINDINGS, PARTLY, USAGE, leave, worst
from backstay_agent.cli.reading import choose_accounts, load_build
from backstay_agent.cli.signature import signature_option
from backstay_agent.cli.signing_key import read_private_key
from backstay_agent.cli.writing import write_file

if TYPE_CHECKING:
    from backstay_agent.audit.formats.chosen import Columns
    from backstay_agent.audit.history import Kept
    from backstay_agent.audit.locations import Location
    from backstay_agent.audit.report import Chapter
    from backstay_agent.audit.result import Result
    from backstay_agent.audit.thresholds import Thresholds
    from backstay_agent.aws import Aws
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
@click.argument("build", type=click.Path(path_type=Path), required=False)
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
    "--submit-security-hub", "submitted", is_flag=True, help="Import the findings into each account's Security Hub."
)
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the evidence bundle there as well as beside the report. `backstay audit verify FILE` checks it.",
)
@click.option("--sign-key", metavar="FILE", help="Sign the evidence (PEM, Ed25519 or ECDSA P-256); env:NAME too.")
@collecting_options
@asking_options
@click.option("--story", type=click.Path(path_type=Path, exists=True, dir_okay=False), hidden=True)
@signature_option
@aws_options
def audit(
    build: Path | None,
    form: str,
    output: Path | None,
    accounts: tuple[str, ...],
    wanted: tuple[str, ...],
    settings: tuple[str, ...],
    collecting: Collecting,
    asking: Asking,
    story: Path | None,
    columns: Columns,
    submitted: bool,
    evidence: Path | None,
    sign_key: str | None,
    connection: Connection,
) -> None:
    """Put the controls to everything in the accounts of BUILD and of its organization.

    Exits with 0 when nothing fails, 1 when a control does not hold somewhere, 3 when something could not be read. The
    raw result, the HTML report, the evidence and tables are kept in `.backstay/audit/`. `backstay audit verify FILE`
    checks evidence again; --sql, --trend and --stored ask the tables, --athena tells Athena of them.
    """
    from backstay_agent.audit.result import judge

    chosen, parameters = choose_controls(wanted, settings)
    if asking.without_aws:
        if build or collecting.facts is not None or collecting.as_tables or evidence or sign_key or submitted:
            raise click.UsageError(
                "--sql, --trend, --stored and --athena stand for BUILD and AWS: they are about what is kept"
            )
        answer(asking, collecting.store, connection, Telling(form, output, chosen, parameters))
    limits = thresholds(asking, chosen)
    key = read_private_key(sign_key) if sign_key else None
    if collecting.facts is not None:
        if build or collecting.as_tables or evidence or sign_key or submitted:
            raise click.UsageError("--facts stands for BUILD and AWS: no tables, no evidence, nothing submitted")
        result = judge(owned(stored(collecting, accounts), asking), chosen, parameters)
        page = _page(result, "BUILD", story) if form == "html" else b""
        _write(page or _formatted(result, form, columns), output)
        raise click.exceptions.Exit(_code(result, limits, partly=incomplete(result.facts)))
    if build is None:
        raise click.UsageError("Missing argument 'BUILD' (or --facts FILE).")
    loaded = load_build(build)
    only = choose_accounts(loaded, accounts)
    if collecting.as_tables:
        if evidence or sign_key or submitted or collecting.keep_facts or collecting.inventory:
            raise click.UsageError("--as-tables leaves tables, and nothing beside them")
        telling = Telling(form, output, chosen, parameters)
        audit_as_tables(asking, collecting, loaded, only, connection, telling)
    collected = gather_facts(loaded, connection, collecting, only)
    result = judge(owned(collected.facts, asking), chosen, parameters)
    bundle = _bundled(result, loaded, evidence, key)
    result, kept = _tell(result, build, form, output, story, columns, collected.location, bundle)
    refused = submitted and _submit(result, connection.open(loaded.home))
    kept = keep_as_tables(result, collected.location) and kept
    raise click.exceptions.Exit(_code(result, limits, partly=collected.partly or refused or not kept))


def _code(result: Result, limits: Thresholds, *, partly: bool) -> int:
    """What the command exits with."""
    from backstay_agent.audit.thresholds import broken

    codes = {PARTLY} if partly else set()
    return worst(codes | ({FINDINGS} if broken(result.report, limits) else set()))


def _page(result: Result, build: str, story: Path | None, before: tuple[Kept, ...] = ()) -> bytes:
    """The HTML report; `build` is the folder that its commands name, `before` what earlier audits came to."""
    from backstay_agent.audit import report

    facts, chapters = result.facts, _chapters(story)
    return report.render(result.report, facts, chapters, parameters=result.parameters, build=build, before=before)


def _bundled(result: Result, build: Build, evidence: Path | None, key: PrivateKey | None) -> bytes:
    """Make the evidence first of all, so that nothing is told that cannot be shown; write it where a file is named."""
    from backstay_agent.audit.evidence.write import pieces

    bundle = b"".join(pieces(result, build, key))
    if evidence is not None:
        write_file(evidence, (bundle,))
    return bundle


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
    location: Location,
    evidence: bytes,
) -> tuple[Result, bool]:
    """Compare with the audit before, keep the result, and write or print it; gives what was told, and if it is kept."""
    from dataclasses import replace

    from backstay_agent.audit.compare import compare
    from backstay_agent.cli.collecting import audits_before, keep_result, result_before

    earlier = result_before(location, result.report)
    result = replace(result, since=compare(earlier, result.report) if earlier else None)
    page = _page(result, str(build), story, audits_before(location, result.report))
    _write(page if form == "html" else _formatted(result, form, columns), output)
    kept = keep_result(location, result.report, page, evidence)
    if kept is not None:
        click.echo(f"Evidence: {kept.evidence}   (checked by backstay audit verify)", err=form != "text")
        click.echo(f"Report: {output or kept.page}   Raw result: {kept.raw}", err=form != "text")
    return result, kept is not None


def _write(told: bytes, output: Path | None) -> None:
    """Print the result, or write it to a file."""
    if output is None:
        click.echo(told, nl=False)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(told)
    except OSError as error:
        leave(USAGE, f"error: the result cannot be written: {error}")


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
