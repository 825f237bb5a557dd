"""What the commands that run jobs do alike: narrow a build, tell what cannot be met, show progress, sum up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from backstay_agent.cli.exits import FINDINGS, PARTLY, USAGE, leave, worst
from backstay_agent.cli.progress import Progress
from backstay_agent.cli.reading import load_build

if TYPE_CHECKING:
    from backstay_agent.aws import Aws
    from backstay_agent.jobs.narrow import Narrow
    from backstay_agent.jobs.start import Run
    from backstay_agent.jobs.work import Outcome
    from backstay_agent.observed import Unread
    from backstay_agent.wanted import Build


@dataclass(frozen=True, slots=True)
class Asked:
    """A build, what of it was asked for, and the places where that is."""

    build: Build
    narrow: Narrow
    places: tuple[tuple[str, str], ...]

    @property
    def names(self) -> dict[str, str]:
        """Account names by id."""
        return {identity: account.name for identity, account in self.build.index.accounts.items()}

    def run(self, aws: Aws, token: str | None) -> Run:
        """This run of the command; without a token of the caller's, the runs of a day (AWS's day) are one."""
        from backstay_agent.jobs.clock import backup_time
        from backstay_agent.jobs.start import Run

        now = backup_time(aws, self.build.home or aws.region)
        name = token or f"{now:%Y-%m-%d}"
        return Run(name, self.build.digest, self.build.index.organization.id, now)


def narrowing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that narrow a build down, and how to run."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--plan", "plans", multiple=True, metavar="P", help="Only this plan; repeatable."),
    click.option("--rule", "rules", multiple=True, metavar="R", help="Only this rule; repeatable."),
    click.option(
        "--account", "accounts", multiple=True, metavar="A", help="Only this account (id or name); repeatable."
    ),
    click.option("--resource", "resources", multiple=True, metavar="ARN", help="Only this resource; repeatable."),
    click.option("--wait/--no-wait", default=True, help="Follow the jobs to their end, or only start them."),
    click.option(
        "--token", metavar="TEXT", help="Name of this run: the same again starts nothing twice [default: today]"
    ),
    click.option("--max-parallel", type=click.IntRange(1, 64), default=16, show_default=True, help="Calls at a time."),
)


def ask(
    folder: Path, plans: Sequence[str], rules: Sequence[str], accounts: Sequence[str], resources: Sequence[str]
) -> Asked:
    """The build and what of it is meant; leaves with 2 or 1 at what cannot be read or does not exist."""
    from backstay_agent.jobs.narrow import Narrow, choose, malformed

    build = load_build(folder)
    narrow = Narrow(frozenset(plans), frozenset(rules), frozenset(accounts), frozenset(resources))
    for one in malformed(narrow):
        leave(USAGE, f"error: --resource {one} is not an ARN: it is cut short, or no ARN at all")
    chosen = choose(build, narrow)
    complain(chosen.complaints)
    return Asked(build, narrow, chosen.places)


def complain(complaints: Sequence[str]) -> None:
    """Leave with 1 after every complaint, if there is any."""
    if complaints:
        leave(FINDINGS, "\n".join(f"error: {one}" for one in complaints))


def conclude(asked: Asked, outcomes: Sequence[Outcome], unread: Sequence[Unread], notes: Sequence[str] = ()) -> None:
    """Print what came of it and leave with the code that it deserves."""
    from backstay_agent.jobs.tell import summary

    told, codes = summary(outcomes, unread, asked.names)
    click.echo("".join(f"{note}\n" for note in notes) + told, nl=False)
    raise click.exceptions.Exit(worst(codes))


def interrupted() -> NoReturn:
    """Leave after Ctrl-C: AWS goes on with what was started."""
    leave(PARTLY, "interrupted: the jobs that were started go on; the same command again follows them")


def progress(step: str) -> Progress:
    """A bar on a terminal, else one line."""
    return Progress(step, plain=True)
