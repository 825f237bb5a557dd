"""The option that demands a signed build, for every command that reads one, and the check of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstay_agent.cli.exits import USAGE, leave

if TYPE_CHECKING:
    from backstay_agent.signing.keys import PublicKey

ENVIRONMENT = "BACKSTAY_REQUIRE_SIGNATURE"
"""Names public keys, separated as in PATH. It binds every command that reads a build, whatever its options are."""
_DEMANDED = "backstay.require-signature"


def signature_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --require-signature. The command gets no argument for it: `load_build` looks at what was said."""
    option = click.option(
        "--require-signature",
        multiple=True,
        metavar="PUBKEY",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=_remember,
        help=f"Refuse a build that no such key signed; repeatable: any of them. Also by {ENVIRONMENT}.",
    )
    return option(command)


def _remember(context: click.Context, _parameter: click.Parameter, value: Sequence[Path]) -> None:
    context.meta[_DEMANDED] = tuple(value)


def demanded() -> tuple[PublicKey, ...]:
    """The keys one of which must have signed: of the option, else of the environment; none where none is demanded.

    Leaves with 2 when one cannot be read, since a demand that cannot be checked is not met.
    """
    context = click.get_current_context(silent=True)
    given = context.meta.get(_DEMANDED, ()) if context is not None else ()
    if given:
        return read_keys(given)
    text = os.environ.get(ENVIRONMENT)
    if text is None:
        return ()
    named = [Path(part) for part in text.split(os.pathsep) if part]
    if not named:
        leave(USAGE, f"error: {ENVIRONMENT} is set and names no public key")
    return read_keys(named)


def read_keys(paths: Sequence[Path]) -> tuple[PublicKey, ...]:
    """The public keys of files; leaves with 2 at one that cannot be used."""
    from backstay_agent.signing.keys import KeyProblem, public_key

    keys = []
    for path in paths:
        try:
            keys.append(public_key(path.read_bytes()))
        except OSError as error:
            leave(USAGE, f"error: the public key {path} cannot be read: {error.strerror or error}")
        except KeyProblem as problem:
            leave(USAGE, f"error: {path} cannot be used: {problem}")
    return tuple(keys)
