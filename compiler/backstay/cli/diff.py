"""`backstay diff`: what a change of policies means for every resource that there could be."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.context import note
from backstay.cli.day import day, today
from backstay.cli.layers import require_sandbox
from backstay.cli.unusable import UnusableError
from backstay.cli.writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from backstay.cli.sides import Read
    from backstay.diff.difference import Difference
    from backstay.review.review import Review

FINDINGS = 1
FORMATS = ("text", "json", "markdown", "html")
_FAILING = ("lost", "forever", "change", "never")


@click.command("diff", short_help="Say what a change of policies means.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW", default="policies")
@click.option("--org", type=click.Path(path_type=Path), help="Organization file of both sides; default: beside each.")
@click.option("--inventory", type=click.Path(path_type=Path), help="Count the real resources that are concerned.")
@click.option("--now", type=day, metavar="DATE", help="The day from which locks and schedules count; default: today.")
@click.option(
    "--fail-on",
    "failing",
    type=click.Choice(_FAILING),
    default="never",
    show_default=True,
    help="What makes the exit code 1: lost protection, what can never be undone (or is lost), any change.",
)
@require_sandbox
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("-o", "--output", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.option("--link", default="", metavar="URL", help="With markdown: where the whole review can be read.")
def diff(
    old: str,
    new: str,
    org: Path | None,
    inventory: Path | None,
    now: datetime.date | None,
    failing: str,
    require_sandbox: bool,
    form: str,
    file: Path | None,
    link: str,
) -> None:
    """Say what the change from OLD to NEW means: who gains or loses which backups, copies and locks.

    OLD and NEW are policy folders, builds, or `git:REV[:PATH]`: the policies of a revision, with its organization file.
    What only says the same in another way (a rename, a moved file, a split selection) is no change.
    """
    from backstay.cli.sides import read
    from backstay.diff.difference import difference

    _check(link, form)
    on = now or today()
    rows = _inventory(inventory)
    before = read(old, org, on, require_sandbox=require_sandbox)
    after = read(new, org, on, require_sandbox=require_sandbox)
    found = difference(before.sided, after.sided, on, rows)
    told = _render(form, found, after, on, names=(old, new), link=link)
    if file is None:
        click.echo(told, nl=False)
    else:
        from backstay.diff.text import verdict

        write(file, told)
        note(verdict(found))
    if _fails(found, failing):
        click.get_current_context().exit(FINDINGS)


def _check(link: str, form: str) -> None:
    from backstay.review.comment import is_link

    if link and form != "markdown":
        raise click.UsageError("--link goes with --format markdown")
    if link and not is_link(link):
        raise click.UsageError(
            "--link asks for an address such as https://ci.example/run/7, without spaces or brackets"
        )


def _render(form: str, found: Difference, after: Read, on: datetime.date, *, names: tuple[str, str], link: str) -> str:
    from backstay.diff import text as plain
    from backstay_formats.escape import terminal

    if form == "json":
        return json.dumps(plain.document(found), indent=2, ensure_ascii=False) + "\n"
    if form == "text":
        return "".join(f"{terminal(line)}\n" for line in plain.text(found).splitlines())
    review = _review(found, after, on)
    if form == "markdown":
        from backstay.review import comment

        return comment.render(review, link)
    from backstay.review import page

    accounts = {one.id: one.name for one in after.sided.model.accounts.values()}
    lines = after.checked.loaded.sources.line if after.checked is not None else lambda *_: None
    return page.render(review, page.Setting(*names, on, accounts, lines))


def _review(found: Difference, after: Read, on: datetime.date) -> Review:
    """The difference with what the new side promises."""
    from backstay.prove.requirement import prove
    from backstay.review.review import Review

    return Review(found, prove(after.sided.model, on))


def _inventory(path: Path | None) -> Sequence[Mapping[str, Any]] | None:
    if path is None:
        return None
    from backstay.lint.inventory import InventoryError, read

    try:
        return read(path)
    except InventoryError as wrong:
        raise UnusableError(str(wrong)) from None


def _fails(found: Difference, failing: str) -> bool:
    lost = any(one.direction == "lost" for one in found.changes)
    match failing:
        case "lost":
            return lost
        case "forever":
            return lost or any(one.forever for one in found.changes)
        case "change":
            return bool(found.changes)
        case _:
            return False
