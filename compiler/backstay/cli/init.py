"""`backstay init`: a folder to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from backstay.cli.context import note
from backstay.cli.unusable import UnusableError


@click.command("init", short_help="Write a starter.")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--ci", "service", type=click.Choice(["github", "gitlab"]), default="github", show_default=True, help="Whose CI."
)
def init(folder: Path, service: str) -> None:
    """Write a starter into DIR: policies that lint clean and tests of them, org.yaml, CI and a pre-commit hook.

    CI checks a change of the policies, and says in one comment what it means and what it breaks; a stranger's policies
    run without secrets and within a wall.

    Nothing that is there already is touched: where a file of the starter exists, nothing at all is written.
    """
    from backstay.starter import files

    wanted = [(folder / name, body) for name, body in files(service)]
    there = [path for path, _ in wanted if path.exists() or path.is_symlink()]
    if there:
        names = ", ".join(str(path) for path in there)
        raise UnusableError(f"{names} {'is' if len(there) == 1 else 'are'} there already; choose another folder")
    for path, body in wanted:
        _write(path, body)
        click.echo(str(path))
    enter = "" if folder == Path() else f"cd {folder}; "
    note(f"Next: {enter}backstay lint; backstay compile -o build; backstay explain --account shop-prod")


def _write(path: Path, body: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    except OSError as wrong:
        raise UnusableError(f"cannot write {path}: {wrong.strerror or wrong}") from None
