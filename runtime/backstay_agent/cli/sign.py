"""`backstay sign`: sign a build, as CI does once it is reviewed; check a signature; make a pair of keys."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay_agent.cli.connection import Connection, aws_options
from backstay_agent.cli.exits import CLEAN, FINDINGS, USAGE, leave
from backstay_agent.cli.reading import load_unsigned
from backstay_agent.cli.signature import read_keys
from backstay_agent.cli.signing_key import read_private_key
from backstay_agent.cli.writing import write_file

if TYPE_CHECKING:
    from backstay_agent.signing.keys import PublicKey

_SECRET = 0o600
Sign = Callable[[bytes], bytes]


@click.command()
@click.argument("build", required=False, type=click.Path(path_type=Path))
@click.option("--key", metavar="FILE", help="Private key in PEM (Ed25519 or ECDSA P-256); env:NAME reads a variable.")
@click.option("--kms-key", metavar="ARN", help="Sign with this key of AWS KMS (ECC_NIST_P256).")
@click.option("--key-id", metavar="ID", help="What the signature calls the key; default: its fingerprint, or the ARN.")
@click.option("--verify", is_flag=True, help="Check the signature instead; exit 1 if it does not hold.")
@click.option(
    "--public-key", "trusted", multiple=True, type=click.Path(path_type=Path), help="For --verify; repeatable: any."
)
@click.option("--save-public-key", "saved", type=click.Path(path_type=Path), help="Write the public key there, in PEM.")
@click.option("--new-key", "fresh", metavar="PREFIX", type=click.Path(path_type=Path), help="Make PREFIX.pem and .pub.")
@aws_options
def sign(
    build: Path | None,
    key: str | None,
    kms_key: str | None,
    key_id: str | None,
    verify: bool,
    trusted: tuple[Path, ...],
    saved: Path | None,
    fresh: Path | None,
    connection: Connection,
) -> None:
    """Sign BUILD: write an in-toto statement about it, in a DSSE envelope, to BUILD/signature.dsse.json.

    The agent's commands take only builds that are signed with --require-signature PUBKEY. Whoever changes the build
    afterwards, or compiles another in its place, makes the signature void.
    """
    chosen = [
        name for name, given in (("key", key), ("kms-key", kms_key), ("verify", verify), ("new-key", fresh)) if given
    ]
    if len(chosen) != 1:
        raise click.UsageError("choose one of --key, --kms-key, --verify and --new-key")
    if fresh is not None:
        _make(fresh)
        return
    if build is None:
        raise click.UsageError("name the build")
    if verify:
        _verify(build, trusted)
        return
    public, default, act = _from_file(key) if key is not None else _from_kms(str(kms_key), connection)
    _sign(build, public, key_id or default, act)
    if saved is not None:
        write_file(saved, [public.pem()])


def _make(prefix: Path) -> None:
    from backstay_agent.signing import keys

    private, public = Path(f"{prefix}.pem"), Path(f"{prefix}.pub")
    for path in (private, public):
        if path.exists():
            leave(USAGE, f"error: {path} exists; name another prefix")
    made = keys.new()
    write_file(private, [made.pem()], mode=_SECRET)
    write_file(public, [made.public.pem()])
    click.echo(
        f"{private}: the private key, for CI alone\n{public}: the public key {made.public.id[:16]}, for agents",
        err=True,
    )


def _from_file(given: str) -> tuple[PublicKey, str, Sign]:
    key = read_private_key(given)
    return key.public, key.public.id, key.sign


def _from_kms(arn: str, connection: Connection) -> tuple[PublicKey, str, Sign]:
    from backstay_agent.aws import AwsProblem
    from backstay_agent.signing.keys import KeyProblem
    from backstay_agent.signing.kms import KmsKey
    from backstay_aws import arns

    parsed = arns.parse(arn)
    if parsed is None or parsed.service != "kms" or not parsed.region:
        raise click.UsageError(f"--kms-key: {arn} is not the ARN of a key of KMS")
    key = KmsKey(connection.open(parsed.region), arn, parsed.region)
    try:
        public = key.public()
    except AwsProblem as problem:
        leave(USAGE, f"error: the key cannot be used: {problem}")
    except KeyProblem as problem:
        leave(USAGE, f"error: {arn} cannot be used: {problem}")

    def act(message: bytes) -> bytes:
        try:
            return key.sign(message)
        except AwsProblem as problem:
            leave(USAGE, f"error: the key does not sign: {problem}")

    return public, arn, act


def _sign(folder: Path, public: PublicKey, key_id: str, act: Sign) -> None:
    from backstay_agent.signing import envelope, statement
    from backstay_agent.signing.files import SignatureError, covered, read_envelope
    from backstay_contract.canonical import pretty
    from backstay_contract.covered import SIGNATURE
    from backstay_formats.escape import terminal

    build = load_unsigned(folder)
    try:
        said = statement.state(build, covered(folder), os.environ)
        before = read_envelope(folder)
    except SignatureError as error:
        leave(USAGE, f"error: {error}")
    payload = statement.spelt(said)
    message = envelope.encoded(payload)
    signature = act(message)
    if not public.fits(message, signature):
        leave(USAGE, "error: the key's own signature does not hold; nothing was written")
    sealed = envelope.seal(payload, signature, key_id, before)
    write_file(folder / SIGNATURE, [pretty(sealed.model_dump(mode="json", by_alias=True))])
    revision = f", revision {said.predicate.revision}" if said.predicate.revision else ""
    told = f"{folder / SIGNATURE}: build {build.digest}{revision}, {len(said.subject)} files, by {key_id}"
    click.echo(terminal(told), err=True)


def _verify(folder: Path, trusted: tuple[Path, ...]) -> None:
    from backstay_agent.signing import demand
    from backstay_agent.signing.statement import about_another
    from backstay_formats.escape import terminal

    if not trusted:
        raise click.UsageError("--verify needs a --public-key")
    keys = read_keys(trusted)
    build = load_unsigned(folder)
    try:
        said = demand.trusted(folder, keys)
        problem = about_another(said, build)
    except demand.NotTrusted as reason:
        problem = str(reason)
    if problem is not None:
        click.echo(terminal(f"{folder}: {problem}"))
        raise click.exceptions.Exit(FINDINGS)
    revision = f", from revision {said.predicate.revision}" if said.predicate.revision else ""
    click.echo(terminal(f"{folder}: signed; build {said.predicate.build} of {said.predicate.organization}{revision}"))
    raise click.exceptions.Exit(CLEAN)
