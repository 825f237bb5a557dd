"""Makes the bundle of an audit."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from backstay_agent.audit.evidence import archive, bundle, signed
from backstay_agent.audit.result import Result
from backstay_agent.signing.keys import PrivateKey
from backstay_agent.wanted import Build


def pieces(result: Result, build: Build, key: PrivateKey | None = None) -> Iterator[bytes]:
    """The bundle's file in pieces, signed where a key is given."""
    yield from archive.written(_members(result, build, key))


def _members(result: Result, build: Build, key: PrivateKey | None) -> Iterator[tuple[str, bytes]]:
    files = []
    for path, content in bundle.members(result, build):
        files.append(bundle.listed(path, content))
        yield path, content
    manifest = bundle.manifest(result, build, tuple(files), f"backstay {version('backstay')}")
    spelt = bundle.spelt(manifest)
    yield bundle.MANIFEST, spelt
    if key is not None:
        yield bundle.SIGNATURE, signed.sign(manifest, spelt, key)
