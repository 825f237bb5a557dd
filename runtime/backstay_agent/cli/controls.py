"""`backstay controls`: what an audit asks, with parameters and the clauses that each control bears on."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def controls(name: str | None, form: str) -> None:
    """Show the controls of an audit, with parameters and the clauses of regulations that they bear on.

    NAME is a control, or a text: HIPAA, PCI-DSS, DORA, NIST-800-53, SOC2. Clauses are named for orientation, and are no
    legal advice.
    """
    import json

    from backstay_agent.audit import listing

    found = None if name is None else listing.find(name)
    if name is not None and found is None:
        raise click.UsageError(f"there is no control or text called {name!r}; the nearest is {listing.nearest(name)}")
    match form:
        case "json":
            click.echo(json.dumps(listing.plain(found), indent=2, ensure_ascii=True))
        case "markdown":
            click.echo(listing.markdown(found))
        case _:
            click.echo(listing.text(found))
