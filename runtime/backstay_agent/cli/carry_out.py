"""What `apply` and `destroy` do alike once a plan is decided: ask, carry it out, tell what came of it."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.exits import PARTLY, REFUSED, USAGE, leave
from backstay_agent.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from backstay_agent.aws import Aws
    from backstay_agent.execute import Execution, Outcome
    from backstay_agent.journal import CutOff
    from backstay_contract.plan import ChangePlan


@dataclass(frozen=True, slots=True)
class Manner:
    """How a plan is carried out: `yes` was said beforehand, accounts at a time, failed accounts that are enough."""

    yes: bool
    approvals: tuple[str, ...]
    max_parallel: int
    max_failures: int | None
    folder: Path | None

    @property
    def approved(self) -> frozenset[str]:
        """The ids, wherever they stood: one by one, or several in one text."""
        return frozenset(part for text in self.approvals for part in text.replace(",", " ").split())


def manner_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add the options; the command gets them as `yes`, `approvals`, `max_parallel`, `max_failures`, … ."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--yes", is_flag=True, help="Do not ask. Irreversible actions still need --approve."),
    click.option(
        "--approve", "approvals", multiple=True, metavar="ID", help="Approve one irreversible action; repeatable."
    ),
    click.option(
        "--max-parallel", type=click.IntRange(1, 64), default=8, show_default=True, help="Accounts at a time."
    ),
    click.option(
        "--max-failures",
        type=click.IntRange(1),
        metavar="N",
        help="Begin no further account after N have failed (default: go on).",
    ),
    click.option("--fail-fast", is_flag=True, help="Begin no further account after the first failure."),
    click.option(
        "--journal", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder of the journals."
    ),
)


def manner_of(
    yes: bool,
    approvals: tuple[str, ...],
    max_parallel: int,
    max_failures: int | None,
    fail_fast: bool,
    folder: Path | None,
) -> Manner:
    """The options as one value; leaves with 2 where they contradict one another."""
    if fail_fast and max_failures not in (None, 1):
        leave(USAGE, "error: --fail-fast is --max-failures 1; say one of them")
    return Manner(yes, approvals, max_parallel, 1 if fail_fast else max_failures, folder)


def mention_unknown(approved: Collection[str], plan: ChangePlan) -> None:
    """Tell of approvals that approve nothing."""
    known = {action.id for action in plan.actions if action.effect == "irreversible"}
    for identity in sorted(set(approved) - known):
        click.echo(f"note: --approve {identity}: this plan has no such irreversible action", err=True)


def confirm(plan: ChangePlan, *, yes: bool) -> None:
    """Ask, unless the answer was given; leaves with 4 without one. A teardown asks for the organization's id."""
    if yes:
        return
    if not sys.stdin.isatty():
        leave(REFUSED, "refused: nobody can be asked here; nothing was changed (--yes says yes beforehand)")
    taking = sum(action.effect == "destructive" for action in plan.actions)
    warning = f", {taking} of which take protection away" if taking else ""
    question = f"Do these {len(plan.actions)} actions{warning}?"
    if plan.purpose == "destroy":
        told = f"{question}\nType the id of the organization to go on"
        agreed = click.prompt(told, default="", show_default=False, err=True).strip() == plan.organization
    else:
        agreed = click.confirm(question, err=True)
    if not agreed:
        leave(REFUSED, "refused: nothing was changed")


def left_over(plan: ChangePlan) -> set[int]:
    """The exit code for what a plan leaves undone by itself: 3 where something is unread, in the way or stays."""
    unread = any(it.named for it in plan.unreadable)
    in_the_way = plan.conflicts or plan.held or any(it.blocking for it in plan.missing)
    return {PARTLY} if unread or in_the_way else set()


def carry_out(plan: ChangePlan, aws: Aws, path: Path, manner: Manner) -> set[int]:
    """Do what a plan says and tell what came of it; the exit codes that hold. `path`: of its journal."""
    from backstay_agent.execute import Execution
    from backstay_agent.journal import Journal, cut_off
    from backstay_agent.outcome import summary

    earlier = cut_off(path.parent, plan)
    _mention_earlier(earlier)
    try:
        with Journal(path, path.stem) as journal, Progress("applied", plain=True) as progress:
            journal.begin(aws.now, plan, earlier.plan if earlier else None)
            execution = Execution(
                plan, aws, journal, manner.approved, _tick(plan, progress), max_failures=manner.max_failures
            )
            outcomes = execution.run(manner.max_parallel)
            if not execution.interrupted:
                journal.end(aws.now, plan, sum(outcome.status == "done" for outcome in outcomes))
    except KeyboardInterrupt:
        leave(PARTLY, f"stopped at once: some of it is done (journal: {path}); apply again to finish")
    except OSError as error:
        leave(USAGE, f"error: the journal cannot be written: {error}")
    told, codes = summary(plan, outcomes)
    click.echo(f"\n{told}Journal: {path}")
    return codes | _interrupted(execution)


def _interrupted(execution: Execution) -> set[int]:
    if not execution.interrupted:
        return set()
    click.echo("interrupted: what was under way has ended; the rest was not begun, apply again to finish", err=True)
    return {PARTLY}


def _mention_earlier(earlier: CutOff | None) -> None:
    if earlier is None:
        return
    began = earlier.at[:16].replace("T", " ")
    told = f"goes on with apply {earlier.plan}, which began {began} UTC and was cut off"
    click.echo(f"{told} ({earlier.done} of {earlier.actions} actions were done)", err=True)


def _tick(plan: ChangePlan, progress: Progress) -> Callable[[Outcome], None]:
    from backstay_agent import order

    totals = {phase: sum(order.phase(action) == phase for action in plan.actions) for phase in order.PHASES}
    counts = dict.fromkeys(order.PHASES, 0)

    def tick(outcome: Outcome) -> None:
        phase = order.phase(outcome.action)
        counts[phase] += 1
        progress.set(counts[phase], totals[phase], phase)

    return tick
