"""`backstay diff`: what a change of policies means for every resource that there could be."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.asked import answered, by_configuration
from backstay.cli.configured import config_options
from backstay.cli.context import note
from backstay.cli.day import day, today
from backstay.cli.layers import require_sandbox
from backstay.cli.writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from backstay.cli.sides import Read
    from backstay.diff.difference import Difference
    from backstay.forecast.ask import Ask
    from backstay.invariants.invariant import Invariant
    from backstay.review.review import Cost, Review

FINDINGS = 1
FORMATS = ("text", "json", "markdown", "html")
_FAILING = ("lost", "forever", "locks-only-tighten", "change", "never")


@click.command("diff", short_help="Say what a change of policies means.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW", default="policies")
@click.option("--org", type=click.Path(path_type=Path), help="Organization file of both sides; default: beside each.")
@click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    help="Count the real resources concerned, and the cost.",
)
@click.option("--change", metavar="LOW,LIKELY,HIGH", help="For the cost: change a day, as of `forecast`.")
@click.option("--prices", type=click.Path(path_type=Path), help="For the cost: own prices, as of `forecast`.")
@click.option("--now", type=day, metavar="DATE", help="The day from which locks and schedules count; default: today.")
@click.option(
    "--fail-on",
    "failing",
    type=click.Choice(_FAILING),
    default="never",
    show_default=True,
    help="What makes the exit code 1: lost protection, also what can never be undone, a looser lock, any change.",
)
@config_options
@require_sandbox
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to write.")
@click.option("-o", "--output", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.option("--link", default="", metavar="URL", help="With markdown: where the whole review can be read.")
def diff(
    old: str,
    new: str,
    org: Path | None,
    inventory: Path | None,
    change: str | None,
    prices: Path | None,
    now: datetime.date | None,
    failing: str,
    config: Path | None,
    no_config: bool,
    require_sandbox: bool,
    form: str,
    file: Path | None,
    link: str,
) -> None:
    """Say what the change from OLD to NEW means: who gains or loses which backups, copies and locks.

    OLD and NEW are policy folders, builds, or `git:REV[:PATH]`: the policies of a revision, with its organization file.
    What only says the same in another way (a rename, a moved file, a split selection) is no change.
    """
    from backstay.cli.forecast import read_change, read_inventory, read_prices
    from backstay.cli.sides import read, text_is_git
    from backstay.diff.difference import difference
    from backstay.forecast.ask import Ask

    _check(link, form)
    asked = by_configuration([Path() if text_is_git(new) else Path(new)], config, no_config=no_config)
    on = now or today()
    ask = Ask(on, change=read_change(change), prices=read_prices(prices))
    rows = read_inventory(inventory)
    before = read(old, org, on, require_sandbox=require_sandbox)
    after = read(new, org, on, require_sandbox=require_sandbox)
    found = difference(before.sided, after.sided, on, rows)
    cost = _cost(before, after, rows, ask) if rows is not None else None
    told = _render(form, found, after, on, cost, asked, names=(old, new), link=link)
    if file is None:
        click.echo(told, nl=False)
    else:
        from backstay.diff.text import verdict

        write(file, told)
        note(verdict(found))
    if _fails(found, failing):
        click.get_current_context().exit(FINDINGS)


def _cost(before: Read, after: Read, rows: Sequence[Mapping[str, Any]], ask: Ask) -> Cost:
    """What a month costs more with the new side, once recovery points come and go alike."""
    from backstay.forecast.settled import difference
    from backstay.review.review import Cost

    found = difference(before.sided.model, after.sided.model, rows, ask)
    return Cost(found.least, found.likely, found.most, found.said)


def _text(found: Difference, cost: Cost | None) -> str:
    from backstay.diff.text import text
    from backstay.review.review import money

    return text(found) if cost is None else f"{text(found)}\n\nCost: {money(cost)}\n      {cost.said}"


def _document(found: Difference, cost: Cost | None) -> dict[str, Any]:
    from backstay.diff.text import document

    told = None
    if cost is not None:
        amounts = {"least": cost.least, "likely": cost.likely, "most": cost.most}
        told = {**{name: round(amount, 2) for name, amount in amounts.items()}, "currency": "USD", "said": cost.said}
    return {**document(found), "cost": told}


def _check(link: str, form: str) -> None:
    from backstay.review.comment import is_link

    if link and form != "markdown":
        raise click.UsageError("--link goes with --format markdown")
    if link and not is_link(link):
        raise click.UsageError(
            "--link asks for an address such as https://ci.example/run/7, without spaces or brackets"
        )


def _render(
    form: str,
    found: Difference,
    after: Read,
    on: datetime.date,
    cost: Cost | None,
    asked: Sequence[Invariant],
    *,
    names: tuple[str, str],
    link: str,
) -> str:
    from backstay_formats.escape import terminal

    if form == "json":
        return json.dumps(_document(found, cost), indent=2, ensure_ascii=False) + "\n"
    if form == "text":
        return "".join(f"{terminal(line)}\n" for line in _text(found, cost).splitlines())
    review = _review(found, after, on, cost, asked)
    if form == "markdown":
        from backstay.review import comment

        return comment.render(review, link)
    from backstay.review import page

    accounts = {one.id: one.name for one in after.sided.model.accounts.values()}
    lines = after.checked.loaded.sources.line if after.checked is not None else lambda *_: None
    return page.render(review, page.Setting(*names, on, accounts, lines))


def _review(found: Difference, after: Read, on: datetime.date, cost: Cost | None, asked: Sequence[Invariant]) -> Review:
    """The difference with what the new side promises, and what the configuration asks of it."""
    from backstay.prove.requirement import prove
    from backstay.review.review import Review

    answers = prove(after.sided.model, on)
    if after.checked is not None:
        answers += tuple(answered(after.checked, asked, on))
    return Review(found, answers, cost)


def _fails(found: Difference, failing: str) -> bool:
    lost = any(one.direction == "lost" for one in found.changes)
    match failing:
        case "lost":
            return lost
        case "forever":
            return lost or any(one.forever for one in found.changes)
        case "locks-only-tighten":
            return any(one.breaks == failing for one in found.changes)
        case "change":
            return bool(found.changes)
        case _:
            return False
