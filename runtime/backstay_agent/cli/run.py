"""`backstay run`: the long-running agent. Looks on a schedule, keeps what may be kept without asking, and tells."""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from backstay_agent.cli.choosing import choose_controls
from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import PARTLY, USAGE, leave
from backstay_agent.cli.reading import load_build
from backstay_agent.cli.signature import signature_option

if TYPE_CHECKING:
    from backstay_agent.reconcile.agent import Agent
    from backstay_agent.reconcile.findings import TaskName
    from backstay_agent.reconcile.schedule import Schedule
    from backstay_agent.reconcile.settings import Settings
    from backstay_agent.wanted import Build

_TASKS = ("drift", "jobs", "locks", "audit")
_ENDINGS = ("findings", "partly", "refused", "failed")
_STATE = Path(".backstay") / "run" / "state.json"


@click.command()
@click.argument("build", type=click.Path(path_type=Path), required=False)
@click.option("--every", "drift_every", default="1h", show_default=True, metavar="T", help="When to look for drift.")
@click.option("--jobs-every", default="5m", show_default=True, metavar="T", help="When to look for failed jobs.")
@click.option("--locks-every", default="1h", show_default=True, metavar="T", help="When to look at the locks.")
@click.option("--audit-every", default="24h", show_default=True, metavar="T", help="When to audit.")
@click.option("--task", "only", multiple=True, type=click.Choice(_TASKS), help="Only this task; repeatable.")
@click.option(
    "--apply",
    "apply_",
    type=click.Choice(["report", "reversible"]),
    default="report",
    show_default=True,
    help="Only report drift, or put right what can be taken back.",
)
@click.option("--control", "controls", multiple=True, metavar="NAME", help="Audit only this control; repeatable.")
@click.option(
    "--set", "settings", multiple=True, metavar="CONTROL.P=VALUE", help="Set a parameter of a control; repeatable."
)
@click.option("--once", is_flag=True, help="One round of every task, then exit with what it found.")
@click.option(
    "--exit-on", multiple=True, type=click.Choice(_ENDINGS), help="End when a round ends like this; repeatable."
)
@click.option("--sns-topic", metavar="ARN", help="Publish alerts to this topic.")
@click.option("--webhook", metavar="URL", help="Post alerts there, as JSON.")
@click.option(
    "--webhook-secret-file", type=click.Path(path_type=Path, dir_okay=False), help="Sign them with the secret in it."
)
@click.option(
    "--listen", default="127.0.0.1:9464", show_default=True, metavar="ADDRESS|off", help="Where metrics are served."
)
@click.option(
    "--state",
    "state_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=_STATE,
    show_default=True,
    help="Where the state is kept.",
)
@click.option(
    "--journal",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the journals of applies (default: beside the state).",
)
@click.option("--max-parallel", type=click.IntRange(1, 64), default=16, show_default=True, help="Accounts at a time.")
@click.option(
    "--log",
    "form",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="How the log is written.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="What the log leaves out: anything below.",
)
@click.option(
    "--print",
    "printed",
    type=click.Choice(["systemd", "cloudformation", "state-machine"]),
    help="Print what deploys the agent (or a large audit, as a state machine), and exit.",
)
@signature_option
@aws_options
def run(
    build: Path | None, connection: Connection, printed: str | None, once: bool, listen: str, **options: Any
) -> None:
    """Watch over the accounts of BUILD until stopped.

    A schedule T is an interval (15m, 1h, 2d) or a cron expression of AWS's, by AWS's time. SIGTERM and SIGINT stop the
    agent after the calls in flight; SIGHUP has it read the build again.

    With --once it exits with 0 when all is well, 1 when something is wrong, 3 when an account could not be read, and 4
    when something waits for an approval.
    """
    if printed is not None:
        click.echo(_printed(printed), nl=False)
        return
    if build is None:
        raise click.UsageError("Missing argument 'BUILD'.")
    stop = threading.Event()
    schedules = _schedules(options)
    address = _address(listen)
    agent = _agent(build, connection, options, stop)
    if once:
        raise click.exceptions.Exit(_once(agent, list(schedules), stop))
    raise click.exceptions.Exit(_on_schedule(agent, schedules, address, options["exit_on"]))


def _printed(what: str) -> str:
    from backstay_agent.packaging import cloudformation, state_machine, systemd

    match what:
        case "systemd":
            return systemd.unit()
        case "state-machine":
            return state_machine.template()
        case _:
            return cloudformation.template()


def _schedules(options: Mapping[str, Any]) -> dict[TaskName, Schedule]:
    from backstay_agent.reconcile import schedule
    from backstay_agent.reconcile.findings import TASKS

    try:
        every = {task: schedule.read(options[f"{task}_every"]) for task in TASKS}
    except schedule.ScheduleError as error:
        leave(USAGE, f"error: {error}")
    return {task: one for task, one in every.items() if task in (options["only"] or TASKS)}


def _address(listen: str) -> tuple[str, int] | None:
    from backstay_agent.reconcile.health import address

    if listen == "off":
        return None
    try:
        return address(listen)
    except ValueError as error:
        leave(USAGE, f"error: {error}")


def _agent(build: Path, connection: Connection, options: Mapping[str, Any], stop: threading.Event) -> Agent:
    from backstay_agent.aws import UnreachableError
    from backstay_agent.aws.stoppable import StoppableAws
    from backstay_agent.reconcile.build_file import BuildFile
    from backstay_agent.reconcile.log import Log
    from backstay_agent.reconcile.settings import FileStore, SettingsError, agent_of

    home = load_build(build).home
    settings = _settings(options)
    log = Log(options["form"], options["log_level"], sys.stderr)
    try:
        settings.check()
        aws = StoppableAws(connection.endpoint(home), stop)
        aws.caller()
        return agent_of(settings, BuildFile(build, read=_read), aws, FileStore(options["state_file"]), log, stop)
    except (UnreachableError, SettingsError) as error:
        leave(USAGE, f"error: {error}")


def _read(folder: Path) -> Build:
    """A build as every command reads one, with all that is demanded of it; what refuses it becomes the reason."""
    from backstay_agent.read_build import BuildError

    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return load_build(folder)
    except click.exceptions.Exit as refusal:
        raise BuildError(said.getvalue().strip().removeprefix("error: ")) from refusal


def _settings(options: Mapping[str, Any]) -> Settings:
    from backstay_agent.reconcile.agent import Powers
    from backstay_agent.reconcile.settings import Settings

    if options["webhook_secret_file"] and not options["webhook"]:
        raise click.UsageError("--webhook-secret-file signs what --webhook sends, and there is none")
    chosen, parameters = choose_controls(options["controls"], options["settings"])
    journal = options["journal"] or options["state_file"].parent / "journal"
    powers = Powers(options["apply_"], journal, options["max_parallel"], chosen, parameters)
    return Settings(options["sns_topic"], options["webhook"], options["webhook_secret_file"], powers)


def _once(agent: Agent, tasks: list[TaskName], stop: threading.Event) -> int:
    from backstay_agent.reconcile.findings import code_of
    from backstay_agent.reconcile.once import once
    from backstay_formats.escape import terminal

    with _signals(stop.set, lambda: None):
        results = once(agent, tasks)
    for result in results:
        click.echo(f"{result.task:<7}{result.ending:<10}{terminal(result.sentence)}")
    if stop.is_set():
        leave(PARTLY, "interrupted: what was done is done, and what was not told is told the next time")
    return code_of({result.ending for result in results})


def _on_schedule(
    agent: Agent, schedules: Mapping[TaskName, Schedule], address: tuple[str, int] | None, exit_on: tuple[Any, ...]
) -> int:
    from backstay_agent.reconcile.health import serve
    from backstay_agent.reconcile.loop import Loop
    from backstay_agent.reconcile.once import clock_of
    from backstay_agent.reconcile.overview import views

    loop = Loop(agent, clock_of(agent), schedules, exit_on)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_signals(loop.stop, loop.reread))
        served = None
        if address is not None:
            try:
                served = stack.enter_context(serve(address, views(agent, loop)))
            except OSError as error:
                leave(USAGE, f"error: nothing can be served at {address[0]}:{address[1]}: {error}")
        told = {task: one.text for task, one in schedules.items()}
        build = agent.source.build
        agent.log.write(
            "info",
            "agent.started",
            organization=build.index.organization.id,
            build=build.digest,
            apply=agent.powers.apply,
            schedules=told,
            port=served,
        )
        code = loop.run()
    agent.log.write("info", "agent.stopped", exit=code)
    return code


@contextlib.contextmanager
def _signals(stop: Callable[[], None], reread: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT call `stop`, SIGHUP `reread`; as before afterwards. A second one to stop ends at once.

    A handler interrupts the main thread wherever it is, perhaps while it holds a lock; so handlers only put a word into
    a queue that is made for it, and a thread does what the word says.
    """
    words: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def stopping(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        words.put(stop)

    def rereading(_number: int, _frame: FrameType | None) -> None:
        words.put(reread)

    def obey() -> None:
        while (word := words.get()) is not None:
            word()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = ((signal.SIGTERM, stopping), (signal.SIGINT, stopping), (signal.SIGHUP, rereading))
    before = [(one, signal.signal(one, handler)) for one, handler in handlers]
    thread = threading.Thread(target=obey, name="backstay-signals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        for one, handler in before:
            signal.signal(one, handler)
        words.put(None)
        thread.join()
