"""The command line itself: finding commands, saying what went wrong, exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from backstay.cli import commands, context
from backstay.cli.main import Commands, cli, main

Say = Callable[[click.Command], None]
HEAVY = ("boto3", "botocore", "moto", "pydantic", "rich", "jinja2", "yaml", "cryptography", "jsonschema")


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Put one more command into the table, as `backstay trial`."""

    def add(command: click.Command) -> None:
        sys.modules[__name__].trial = command
        monkeypatch.setitem(sys.modules, "trial_commands", sys.modules[__name__])
        monkeypatch.setattr(commands, "OWN", {"trial": commands.Entry("trial_commands:trial", "try something")})

    return add


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


def test_help_loads_nothing_heavy() -> None:
    """The list of commands needs neither AWS's libraries nor ours that need them."""
    show = f"print([module for module in {HEAVY!r} if module in sys.modules])"
    done = _python(f"import sys; from backstay.cli.main import main; main(['--help']); {show}")
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stderr == ""


def test_help_is_quick() -> None:
    """A wide bound for busy machines; the aim is 0.15 s."""
    before = time.monotonic()
    _python("from backstay.cli.main import main; main(['--help'])")
    assert time.monotonic() - before < 1.5


def test_every_command_of_the_help_can_be_loaded() -> None:
    """No row of the table names what is not there, and every command explains itself."""
    for name, entry in commands.commands().items():
        command = entry.load()
        assert isinstance(command, click.Command), name
        assert command.help, name
    assert all(entry.summary for entry in commands.OWN.values())
    listed = CliRunner().invoke(cli, ["--help"]).output
    assert all(f"\n  {name}" in listed for name in commands.commands())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--version"], 0, "backstay 0.1.0"),
        (["-h"], 0, "Usage: backstay"),
        (["lnt"], 2, "There is no command `lnt`. Did you mean `lint`?"),
        (["zzzzzz"], 2, "There is no command `zzzzzz`."),
        (["--nonsense"], 2, "No such option"),
        (["completion", "tcsh"], 2, "'tcsh' is not one of"),
    ],
)
def test_usage_is_answered(arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad usage is exit code 2 and one helpful sentence on standard error; asked-for answers are on standard output."""
    assert main(arguments) == code
    captured = capsys.readouterr()
    assert said in (captured.err if code else captured.out)
    assert (captured.out if code else captured.err) == ""


@pytest.mark.parametrize(
    ("shell", "mark"), [("bash", "complete "), ("zsh", "#compdef backstay"), ("fish", "complete --")]
)
def test_completion_is_printed(shell: str, mark: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each shell gets a script that asks this command."""
    assert main(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert mark in out
    assert "_BACKSTAY_COMPLETE" in out


def test_completion_completes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the script asks is answered with the names of commands."""
    environment = {**os.environ, "_BACKSTAY_COMPLETE": "bash_complete", "COMP_WORDS": "backstay co", "COMP_CWORD": "1"}
    code = "from backstay.cli.main import main; main([])"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "plain,compile" in done.stdout


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ValueError("broken \x1b[31m"), 2, "internal error (ValueError: broken �[31m); run with --debug to see where"),
        (RecursionError(), 2, "internal error (RecursionError); run with --debug to see where"),
        (click.ClickException("no endpoint"), 2, "Error: no endpoint"),
        (click.Abort(), 4, "refused"),
    ],
)
def test_errors_are_one_sentence(
    say: Say, capsys: pytest.CaptureFixture[str], error: Exception, code: int, said: str
) -> None:
    """An unexpected error never shows a traceback unasked, and control characters of its text are not printed."""

    @click.command()
    def trial() -> None:
        """Fail."""
        raise error

    say(trial)
    assert main(["trial"]) == code
    assert capsys.readouterr().err.strip() == said


@pytest.mark.parametrize("arguments", [["--debug", "trial"], ["trial", "--debug"]])
def test_debug_shows_where(say: Say, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """`--debug`, before or behind the command, shows where an error arose."""

    @click.command()
    def trial() -> None:
        """Fail."""
        raise ValueError("deep inside")

    say(trial)
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert "deep inside" in err


@pytest.mark.parametrize("arguments", [["-q", "trial"], ["trial", "-q"], ["trial", "--quiet"]])
def test_quiet_leaves_the_result(say: Say, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Notes go to standard error and vanish with `-q`; the result stays."""

    @click.command()
    def trial() -> None:
        """Speak."""
        context.note("working")
        click.echo("result")

    say(trial)
    assert main(["trial"]) == 0
    assert capsys.readouterr() == ("result\n", "working\n")
    assert main(arguments) == 0
    assert capsys.readouterr() == ("result\n", "")


def test_a_commands_own_options_come_first(say: Say, capsys: pytest.CaptureFixture[str]) -> None:
    """A command that has a `-v` of its own keeps it."""

    @click.command()
    @click.option("-v", "value")
    def trial(value: str) -> None:
        """Speak."""
        click.echo(f"{value} {context.wishes().verbose}")

    say(trial)
    assert main(["-vv", "trial", "-v", "mine"]) == 0
    assert capsys.readouterr().out == "mine 2\n"


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4])
def test_exit_codes_pass_through(say: Say, code: int) -> None:
    """What a command decides is what the shell sees, however it says it."""

    @click.command()
    @click.pass_context
    def trial(ctx: click.Context) -> None:
        """Exit."""
        ctx.exit(code)

    say(trial)
    assert main(["trial"]) == code


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`backstay … | head` ends without a word."""
    script = (
        "import click, sys\nfrom backstay.cli import main as m, commands\n"
        "@click.command()\ndef trial():\n    'Speak.'\n    [click.echo('x' * 1000) for _ in range(10000)]\n"
        "sys.modules['trial_commands'] = sys.modules['__main__']\n"
        "commands.OWN = {'trial': commands.Entry('trial_commands:trial', 'x')}\n"
        "sys.exit(m.main(['trial']))\n"
    )
    command = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert command.stdout is not None
    assert command.stderr is not None
    command.stdout.read(10)
    command.stdout.close()
    assert command.stderr.read() == b""
    assert command.wait(30) == 141
    command.stderr.close()


def test_no_colour_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """`NO_COLOR`, set to anything but nothing, takes colours off terminals too."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert context.colour(True)
    assert not context.colour(False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not context.colour(True)


def test_own_names_are_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package that joins by entry point cannot replace a command of this side's."""
    info = tmp_path / "intruder-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: intruder\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[backstay.commands]\nlint = nowhere:x\nextra = nowhere.cli.extra:x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    commands.commands.cache_clear()
    try:
        found = commands.commands()
        assert found["lint"].target == "backstay.cli.lint:lint"
        assert found["extra"].summary == "(not installed completely)"
    finally:
        commands.commands.cache_clear()


def test_the_group_is_one_of_names() -> None:
    """Completion and help ask the same table."""
    assert isinstance(cli, Commands)
    assert cli.list_commands(click.Context(cli)) == list(commands.commands())


def test_a_working_directory_that_is_gone_is_said(tmp_path: Path) -> None:
    """A shell may stand in a folder that somebody deleted: one sentence and exit code 2, no internal error."""
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'cd "{gone}" && rmdir "{gone}" && exec "{sys.executable}" -m backstay.cli.main lint'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: the working directory does not exist any more")
