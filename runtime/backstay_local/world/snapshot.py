"""moto's state as one file: written whole or not at all, readable only by its owner and only with the same moto."""

from __future__ import annotations

import importlib
import io
import os
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .substrate import State, backends

_MAGIC = b"backstay-local world 1\n"


class SnapshotError(Exception):
    """The stored world cannot be taken up; the message says why and what to do."""


def dump(state: State) -> tuple[bytes, list[str]]:
    """The state as bytes, and the names of the services that could not be kept."""
    shape = {registry.service_name: _regions(accounts, further) for registry, (accounts, further) in state.items()}
    lost: list[str] = []
    try:
        return _pack(shape), lost
    except (TypeError, AttributeError, pickle.PicklingError):
        for service in sorted(shape):
            try:
                _pack({service: shape[service]})
            except (TypeError, AttributeError, pickle.PicklingError):
                lost.append(service)
        return _pack({name: held for name, held in shape.items() if name not in lost}), lost


def load(data: bytes) -> State:
    """The state of bytes that `dump` made; another version of moto is refused."""
    head, _, rest = data.removeprefix(_MAGIC).partition(b"\n")
    if not data.startswith(_MAGIC):
        raise SnapshotError("this is not a snapshot of an embedded AWS")
    made, mine = head.decode("ascii", "replace"), _moto()
    if made != mine:
        raise SnapshotError(
            f"the stored world was written with moto {made}, and this is moto {mine}: its objects may not fit. "
            "Start with another data folder, or install that moto again"
        )
    shape = _Reader(io.BytesIO(rest)).load()
    return {backends(service): _accounts(backends(service), *held) for service, held in shape.items()}


def own(path: Path) -> bytes:
    """The bytes of a stored world that nobody else can have written: taking it up runs what is in it."""
    facts = path.stat()
    if facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise SnapshotError(f"{path} must belong to you and be closed to others (chmod 600) before it is trusted")
    return path.read_bytes()


def _regions(accounts: dict[str, Any], further: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    return {account: dict(regions.items()) for account, regions in accounts.items()}, further


def _accounts(
    registry: Any, accounts: dict[str, dict[str, Any]], further: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """moto's own containers around the regions' backends: those that references in the file were given, too."""
    for account, regions in accounts.items():
        dict.update(registry[account], regions)
    return {account: registry[account] for account in accounts}, further


def _pack(shape: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    _Writer(out, pickle.HIGHEST_PROTOCOL).dump(shape)
    return _MAGIC + _moto().encode() + b"\n" + out.getvalue()


class _Writer(pickle.Pickler):
    """Registries by name; locks fresh; private keys as PEM; modules and local functions by where they live.

    Not by persistent ids: pickle would ask for one of every string and number, which takes twice as long.
    """

    def reducer_override(self, value: Any) -> Any:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
        from moto.core.base_backend import AccountSpecificBackend, BackendDict

        if isinstance(value, BackendDict):
            return backends, (value.service_name,)
        if isinstance(value, AccountSpecificBackend):
            return _account, (value.service_name, value.account_id)
        if isinstance(value, type(os)):
            return importlib.import_module, (value.__name__,)
        if isinstance(value, _LOCKS):
            return _fresh, (type(value).__name__,)
        if isinstance(value, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
            pem = value.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            return _private_key, (pem,)
        if isinstance(value, threading.Event | threading.Condition):
            return type(value), ()
        return NotImplemented


class _Reader(pickle.Unpickler):
    """The other way round; persistent ids are those of older snapshots."""

    def persistent_load(self, name: Any) -> Any:
        match name:
            case ("registry", service):
                return backends(service)
            case ("account", service, account):
                return _account(service, account)
            case ("module", module):
                return importlib.import_module(module)
        raise SnapshotError(f"the stored world refers to {name!r}, which is unknown")


_LOCKS = (type(threading.Lock()), type(threading.RLock()))


def _account(service: str, account: str) -> Any:
    return backends(service)[account]


def _fresh(kind: str) -> Any:
    make: Callable[[], Any] = threading.RLock if kind == "RLock" else threading.Lock
    return make()


def _private_key(pem: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    # The file is our own; checking the arithmetic of an RSA key again costs 40 ms for each.
    return load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)


def _moto() -> str:
    """The version of moto, whose objects a snapshot holds."""
    from importlib.metadata import version

    return version("moto")
