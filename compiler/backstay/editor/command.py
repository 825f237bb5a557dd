"""`backstay lsp`: the language server, spoken to by editors on standard input and output."""

from __future__ import annotations

from importlib.util import find_spec

import click

_MISSING = "the language server needs pygls, which is not installed: pip install 'backstay[editor]'"


@click.command("lsp", short_help="The language server.")
@click.option("--stdio", is_flag=True, expose_value=False, help="Speak on standard input and output: it always does.")
def lsp() -> None:
    """Speak the language server protocol on standard input and output, for editors.

    Findings as one types, what words of the language and rules mean, fixes, and comments that allow a finding.
    `docs/editor.md` tells how editors are set up. Needs the extra `editor`: pip install 'backstay[editor]'.
    """
    if find_spec("pygls") is None:
        raise click.ClickException(_MISSING)
    from backstay.editor.server import serve

    serve()
