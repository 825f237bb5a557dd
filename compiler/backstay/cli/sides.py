"""The two sides of `diff`: policy folders, builds, or a revision of a git repository."""

from __future__ import annotations

import datetime
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.complaints import complain
from backstay.cli.layers import tell_layers
from backstay.cli.unusable import UnusableError

if TYPE_CHECKING:
    from backstay.diff.sided import Sided
    from backstay.pipeline import Checked

_GIT = "git:"


@dataclass(frozen=True)
class Read:
    """A side; `checked` is None for a build, which has neither requirements nor places of its own."""

    sided: Sided
    checked: Checked | None


def read(text: str, org: Path | None, now: datetime.date, *, require_sandbox: bool) -> Read:
    """The side that a text means; exits where its policies have errors. Raises `UnusableError`."""
    with _folder(text) as (folder, shown):
        from backstay.diff import builds

        if folder.is_dir() and builds.is_build(folder):
            try:
                return Read(builds.read(folder), None)
            except builds.BuildError as wrong:
                raise UnusableError(str(wrong)) from None
        return _policies(folder, shown, org, now, require_sandbox=require_sandbox)


def _policies(folder: Path, shown: str, org: Path | None, now: datetime.date, *, require_sandbox: bool) -> Read:
    from backstay import pipeline
    from backstay.diff.sided import sided
    from backstay_formats.escape import terminal

    if not folder.exists():
        raise UnusableError(f"there is nothing called {shown}; name a folder of policies, a build, or git:REV[:PATH]")
    own = None if text_is_git(shown) else org
    checked = pipeline.check([folder], own, now=now, lint=False, require_sandbox=require_sandbox)
    tell_layers(checked.loaded)
    if checked.model is None:
        complain([one for one in checked.findings if one.severity == "error"], checked.loaded.sources)
        click.echo(f"error: {terminal(shown)} cannot be compared: its policies have the errors above", err=True)
        click.get_current_context().exit(pipeline.exit_code(checked.findings))
    if checked.org is None:
        raise click.UsageError(f"there is no org.yaml or org.json beside the policies of {shown}; name one with --org")
    return Read(sided(checked.model), checked)


def text_is_git(text: str) -> bool:
    """Whether a side is a revision."""
    return text.startswith(_GIT)


@contextmanager
def _folder(text: str) -> Iterator[tuple[Path, str]]:
    """The folder that a side stands in; that of a revision is there only as long as it is read."""
    if not text_is_git(text):
        yield Path(text), text
        return
    revision, _, path = text.removeprefix(_GIT).partition(":")
    with tempfile.TemporaryDirectory(prefix="backstay-") as folder:
        _extract(revision, path or "policies", Path(folder))
        with chdir(folder):  # places in it are told as those of the repository are
            yield Path(path or "policies"), text


def _extract(revision: str, path: str, folder: Path) -> None:
    """Put the folder of a revision, and what stands beside it, into a folder. Raises `UnusableError`."""
    if not revision or revision.startswith("-"):
        raise UnusableError(f"git:{revision}: name a revision, such as git:origin/main:policies")
    wanted = [path, *(f"{Path(path).parent / name}" for name in ("org.yaml", "org.json"))]
    there = [one for one in wanted if _git("cat-file", "-e", f"{revision}:./{one}").returncode == 0]
    if path not in there:
        told = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        what = (
            f"revision {revision} has nothing called {path}"
            if told.returncode == 0
            else f"there is no revision {revision} here"
        )
        raise UnusableError(what)
    done = _git("archive", "--format=tar", revision, *there)
    if done.returncode != 0:
        raise UnusableError(f"git archive failed: {done.stderr.decode(errors='replace').strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UnusableError("git: there is no git on this machine") from None
