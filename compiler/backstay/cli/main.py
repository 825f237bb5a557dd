"""The command `backstay`: finds the command that is meant, loads only that one, turns what happens into an exit code.

Exit codes: 0 clean, 1 findings, 2 bad usage or unreadable input, 3 partly done, 4 refused.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from backstay.cli.commands import commands, find
from backstay.cli.context import Wishes, wishes

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""A compiler makes many objects and few circles; to look for circles as often as Python does takes an eighth of it."""
UNREADABLE, REFUSED, INTERRUPTED, PIPE_CLOSED = 2, 4, 130, 141


class Commands(click.Group):
    """A group whose commands are known by name and loaded when called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's own signature)
        """All names, in the order of the help."""
        return list(commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load one command; the options `-q`, `-v`, `--debug` are understood behind its name too."""
        entry = find(cmd_name)
        if entry is None:
            return None
        command = entry.load()
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.target} is no click command")
        _understand_wishes(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, or say which one is nearest."""
        if args and not args[0].startswith("-") and find(args[0]) is None:
            raise click.UsageError(_no_such(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The commands with one line each; none is loaded for it."""
        rows = [(name, entry.summary) for name, entry in commands().items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows, col_spacing=3)

    def invoke(self, ctx: click.Context) -> Any:
        """Run; a reader that has gone away, as `head` does, is no problem worth a word."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise SystemExit(_hang_up()) from None


def _no_such(name: str) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(commands()), n=1)
    return f"There is no command `{name}`." + (f" Did you mean `{close[0]}`?" if close else "")


def _options() -> list[click.Option]:
    """The options that every command understands."""
    return [
        click.Option(["-q", "--quiet"], is_flag=True, expose_value=False, callback=_wish, help="Print results only."),
        click.Option(["-v", "--verbose"], count=True, expose_value=False, callback=_wish, help="Tell more."),
        click.Option(["--debug"], is_flag=True, expose_value=False, callback=_wish, help="Show where errors arose."),
    ]


def _wish(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    wanted = ctx.ensure_object(Wishes) if isinstance(ctx.obj, Wishes | None) else wishes(ctx)
    if value and param.name is not None:
        setattr(wanted, param.name, value)


def _understand_wishes(command: click.Command) -> None:
    taken = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    for option in _options():
        option.hidden = True
        if not taken & set(option.opts):
            command.params.append(option)
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _understand_wishes(below)


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from backstay import __version__

        click.echo(f"backstay {__version__}")
        ctx.exit()


cli = Commands(
    "backstay",
    params=[
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
        ),
        *_options(),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Backup policy as code for AWS organizations: write it, check it, compile it, apply it, audit it.",
    epilog="Exit codes: 0 clean, 1 findings, 2 bad usage or unreadable input, 3 partly done, 4 refused.",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    wanted = Wishes()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    if not _stands_somewhere():
        click.echo("error: the working directory does not exist any more; change to one that does", err=True)
        return UNREADABLE
    try:
        settings: dict[str, Any] = {"color": False} if os.environ.get("NO_COLOR") else {}
        code = cli.main(arguments, prog_name="backstay", standalone_mode=False, obj=wanted, **settings)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return UNREADABLE if error.exit_code == 1 else error.exit_code
    except click.Abort as error:
        click.echo("\nstopped" if error.__cause__ else "refused", err=True)
        return INTERRUPTED if isinstance(error.__cause__, KeyboardInterrupt) else REFUSED
    except BrokenPipeError:
        return _hang_up()
    except Exception as error:
        return _internal(error, wanted)
    return code if isinstance(code, int) else 0


def _stands_somewhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 -- pathlib costs start-up time
    except OSError:
        return False
    return True


def _hang_up() -> int:
    """Send the rest of the output nowhere, so that the interpreter's own last flush finds an open file."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED


def _internal(error: Exception, wanted: Wishes) -> int:
    """An error of ours, in one sentence; with `--debug` where it arose."""
    if wanted.debug:
        import traceback

        traceback.print_exception(error, file=sys.stderr)
        return UNREADABLE
    said = "".join(char if char.isprintable() else "�" for char in str(error))[:300]
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    click.echo(f"internal error ({what}); run with --debug to see where", err=True)
    return UNREADABLE


if __name__ == "__main__":
    sys.exit(main())
