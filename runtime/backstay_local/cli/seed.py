"""`backstay local seed`: fill the embedded AWS from files."""

from __future__ import annotations

from pathlib import Path

import click

from .door import ask, data_option, find
from .trouble import Trouble


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@data_option
def seed(files: tuple[Path, ...], data: Path | None) -> None:
    """Make what FILES say.

    A file is an organization (org.yaml), an inventory (.jsonl) or a set-up (roles:, keys:, topics:, buckets:).
    Seeding the same files again changes nothing.
    """
    server = find(data)
    texts = []
    for file in files:
        try:
            texts.append({"name": str(file), "text": file.read_text(encoding="utf-8")})
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
            raise Trouble(f"{file}: {reason}") from None
    report = ask(server, "POST", "seed", {"files": texts})
    there = f"; already there {_counts(report['present'])}" if report["present"] else ""
    click.echo(f"created {_counts(report['created'])}{there}")
    for asked, made in report["renamed"].items():
        click.echo(f"made {made} for {asked}")
    for name, reason in report["skipped"].items():
        click.echo(f"warning: {name}: {reason}", err=True)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {_word(number, name)}" for name, number in counts.items()) or "nothing"


def _word(number: int, name: str) -> str:
    """A kind in the singular where there is one of it; the types of AWS have no plural."""
    return name[:-1] if number == 1 and name.islower() and name.endswith("s") else name
