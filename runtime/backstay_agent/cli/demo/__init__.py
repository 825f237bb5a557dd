"""`backstay demo`: the whole way on the embedded AWS, in under a minute, leaving an HTML report."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.exits import FINDINGS, USAGE, leave

if TYPE_CHECKING:
    from backstay_agent.cli.demo.scenes import Scene

REPORT = "report.html"


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to keep what the demo makes: a new or empty folder (default: a new temporary one).",
)
def demo(folder: Path | None) -> None:
    """Play the whole way on an embedded AWS: check, compile, apply, back up, copy, lose, restore, expire, audit.

    Needs no AWS account and no network. Takes under a minute and leaves an HTML report.
    """
    from backstay_agent.cli.demo import sample
    from backstay_agent.cli.demo.scenes import SAMPLE
    from backstay_agent.cli.demo.stage import StageError

    began = time.monotonic()
    place = _place(folder)
    shutil.copytree(sample.folder(SAMPLE), place / SAMPLE, ignore=shutil.ignore_patterns("__pycache__"))
    _say("Backstay: backup policy as code for AWS organizations.", bold=True)
    _say("This plays the whole way on an embedded AWS on this machine. Nothing leaves it.")
    with contextlib.chdir(place):
        try:
            _play()
        except (StageError, AssertionError) as error:
            leave(FINDINGS, f"\nerror: the demo did not go as it should: {error}")
    _farewell(place, time.monotonic() - began)


def _place(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="backstay-demo-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            leave(USAGE, f"error: {folder} is not empty; name a new folder")
    except OSError as error:
        leave(USAGE, f"error: {folder} cannot be used: {error.strerror}")
    return folder.resolve()


def _play() -> None:
    """All scenes; the last one, the audit, also writes the report with the story before it."""
    from backstay_agent.cli.demo import scenes
    from backstay_agent.cli.demo.stage import backstay, embedded_aws, expect
    from backstay_agent.cli.demo.world import World

    told: list[Scene] = []
    with embedded_aws(Path("aws")) as url:
        for number, scene in enumerate(scenes.play(World(url, Path("build"))), 1):
            _tell(number, scene)
            told.append(scene)
        Path("story.json").write_text(json.dumps([asdict(scene) for scene in told], ensure_ascii=False))
        expect(backstay(*scenes.AUDIT, "--format", "html", "-o", REPORT, "--story", "story.json"), 0, 1)
    Path("story.json").unlink()


def _tell(number: int, scene: Scene) -> None:
    _say(f"\n{number}. {scene.title}", bold=True)
    _say(scene.text)
    click.echo(click.style(f"\n  $ {scene.command}", fg="cyan"))
    for line in scene.output.strip("\n").splitlines():
        click.echo(f"  {line}")


def _say(text: str, *, bold: bool = False) -> None:
    click.echo(click.style(click.wrap_text(text, width=_width()), bold=bold))


def _width() -> int:
    return min(100, shutil.get_terminal_size((100, 24)).columns)


def _farewell(place: Path, seconds: float) -> None:
    command = "backstay" if shutil.which("backstay") else str(Path(sys.argv[0]).absolute())
    _say(f"\nThat was the whole way, in {seconds:.0f} seconds.", bold=True)
    click.echo(f"\n  Report   {place / REPORT}\n  Build    {place / 'build'}\n")
    click.echo("Three things to try next:\n")
    click.echo(f"  cd {place}")
    for words, meaning in _NEXT:
        click.echo(f"  {words.format(command)}\n      {meaning}")


_NEXT = (
    ("{} rules retention-outside-lock", "why the proposal was refused, with its source"),
    ('eval "$({} local up --data aws)"', "the embedded AWS again, as the demo left it, for any AWS client"),
    ("{} plan build", "then change midsize/plans.py, compile, and plan again"),
)
