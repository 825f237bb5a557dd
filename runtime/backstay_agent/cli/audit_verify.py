"""`backstay audit verify`: check an evidence bundle and put the controls again to what it holds. Asks AWS nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.exits import CLEAN, FINDINGS, USAGE, leave
from backstay_agent.cli.signature import read_keys

if TYPE_CHECKING:
    from backstay_agent.signing.keys import PublicKey
    from backstay_contract.evidence import EvidenceVerdict

_GIB = 1 << 30
_SIGNS = {"holds": "✓", "differs": "✗", "not checked": "?"}


@click.command("verify")
@click.argument("evidence", type=click.Path(path_type=Path))
@click.option(
    "--public-key",
    "trusted",
    multiple=True,
    metavar="PUBKEY",
    type=click.Path(path_type=Path),
    help="Ask for a signature of this key; repeatable: any of them.",
)
@click.option(
    "--max-size",
    metavar="GIB",
    type=click.IntRange(1, 1024),
    default=2,
    show_default=True,
    help="Read no bundle that unpacks to more.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify(evidence: Path, trusted: tuple[Path, ...], max_size: int, form: str) -> None:
    """Check EVIDENCE, a bundle that an audit left.

    Its files are those of the manifest, the build's index has the build's digest, somebody signed it, and the same
    controls put again to the same facts give the same results, byte for byte. Exits with 1 when something differs, with
    2 when it is no bundle.
    """
    keys = read_keys(trusted)
    verdict = _checked(evidence, max_size * _GIB, keys)
    if form == "json":
        import json

        click.echo(json.dumps(verdict.model_dump(mode="json"), indent=2, sort_keys=True))
    else:
        click.echo(_told(evidence, verdict))
    raise click.exceptions.Exit(CLEAN if verdict.holds else FINDINGS)


def _checked(evidence: Path, most: int, keys: tuple[PublicKey, ...]) -> EvidenceVerdict:
    from backstay_agent.audit.evidence.archive import UnreadableEvidenceError, opened
    from backstay_agent.audit.evidence.verify import verify as check
    from backstay_formats.escape import terminal

    try:
        with opened(evidence, most) as archive:
            return check(archive, keys)
    except UnreadableEvidenceError as error:
        leave(USAGE, terminal(f"error: {evidence} cannot be read as evidence: {error}"))


def _told(evidence: Path, verdict: EvidenceVerdict) -> str:
    from backstay_formats.escape import terminal

    lines = [f"{evidence}: audit of {verdict.organization}, build {verdict.build}, read {verdict.started}"]
    for check in verdict.checks:
        first, *others = check.told
        lines.append(f"  {_SIGNS[check.status]}  {check.check:<10} {first}")
        lines += [f"{'':16}{other}" for other in others]
    lines.append("The evidence holds." if verdict.holds else "The evidence does not hold.")
    return "\n".join(terminal(line) for line in lines)
