"""`backstay serve`: the dashboard over what audits kept. Only reads; on this machine alone unless a token is set."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click

from backstay_agent.cli.exits import USAGE, leave

TOKEN = "BACKSTAY_SERVE_TOKEN"
_SHORTEST = 16


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".backstay") / "audit",
    show_default=True,
    help="Where audits keep their results.",
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Another one needs a token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8480, show_default=True, help="0 takes a free one.")
@click.option(
    "--token", metavar="T", help=f"Ask everybody for it (Basic or Bearer). Better by {TOKEN}: options are seen."
)
def serve(folder: Path, host: str, port: int, token: str | None) -> None:
    """Show the last audits in a browser: findings, recovery points, jobs, trends and the kept reports.

    Nothing can be changed there, and AWS is not asked. Newer audits show up by themselves.
    """
    import uvicorn

    from backstay_agent.dashboard.app import app
    from backstay_agent.dashboard.guard import is_loopback

    secret = token or os.environ.get(TOKEN) or None
    if not is_loopback(host):
        if secret is None:
            leave(USAGE, f"error: {host} can be reached by others; set a token (--token, or {TOKEN})")
        click.echo("warning: what is served is not encrypted; put something with TLS in front", err=True)
    if secret is not None and (len(secret) < _SHORTEST or not secret.isascii() or not secret.isprintable()):
        leave(USAGE, f"error: the token has to have {_SHORTEST} or more letters, digits or signs of ASCII")
    listener = _listen(host, port)
    address, number = listener.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    click.echo(f"http://{shown}:{number}/   (Ctrl-C ends it)")
    config = uvicorn.Config(
        app(folder, secret),
        log_level="error",
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=False,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        leave(USAGE, f"error: {host}, port {port}: {error.strerror or error}")
    return listener
