"""The embedded AWS as an object: opened on a folder, called as WSGI or through boto3 clients, advanced, closed."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import admin, garbage, identity
from .backup.options import Settings
from .backup.service import BackupService
from .clock import Clock
from .credentials import Keyring
from .data import Data, DataError
from .faults.book import Faults
from .front import Front, StartResponse, send
from .hold import Hold
from .identity import Identity
from .rest import Rest
from .seed.report import Report
from .shares import VaultShares
from .store import Store
from .transport import INSIDE, Clients, session
from .wire.engine import RestJson
from .wire.message import Response, raw_target, read_request
from .world.substrate import Substrate
from .world.world import World

if TYPE_CHECKING:
    from .cloudformation.service import CloudFormation

_WORLD = "world.pickle"
_STACKS = "cloudformation.sqlite3"
_OPEN = "open"
_MOTO_RESET = "/moto-api/reset"
_SNAPSHOT_PATIENCE = 10.0
_HOLD_PATIENCE = 0.5
_log = logging.getLogger(__name__)


class LocalAws:
    """An AWS in this process: AWS Backup of our own, everything else of moto's, one clock.

    `data` is the folder that outlives it (None: a temporary one); `start` sets its clock; `accept` admits further
    access keys, each for an account; `settings` say how AWS Backup behaves where AWS leaves it open; `key` is the
    management account's access key and secret; `moto_reset` lets anybody empty it. `faults` lets calls go wrong.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        start: datetime | None = None,
        accept: Mapping[str, str] | None = None,
        settings: Settings | None = None,
        key: tuple[str, str] | None = None,
        moto_reset: bool = False,
    ) -> None:
        self._temporary = None if data else tempfile.TemporaryDirectory(prefix="backstay-local-")
        self.folder = Path(self._temporary.name) if self._temporary else Path(data or "")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._moto_reset = moto_reset
        self._ticking = threading.Lock()
        self._rest = Rest()
        self._settings = settings or Settings()
        self.stopping = threading.Event()
        self.faults = Faults()
        self._hold = Hold(self.folder, _HOLD_PATIENCE)
        try:
            known = identity.recall(self.folder)
            name, secret = key or (known.access_key, known.secret_key)
            known = replace(known, access_key=name, secret_key=secret, accept={**known.accept, **(accept or {})})
            self._open(start, known)
        except BaseException:
            self._hold.release()
            raise

    def _open(self, start: datetime | None, known: Identity) -> None:
        self._store = Store(self.folder / "backup.sqlite3", lasting=self._temporary is None)
        try:
            self._assemble(start, known)
        except BaseException:
            self._store.close()
            raise

    def _assemble(self, start: datetime | None, known: Identity) -> None:
        self._remembering = threading.Lock()
        self._identity = known
        self.clock = Clock(start)
        if start is None:
            self.clock.set_offset(timedelta(seconds=known.clock_offset))
        self._substrate = Substrate()
        self._clients = Clients(self)
        trusted = Clients(self._inside).get
        self.world = World(self._substrate, trusted, known.management_account, known.partition, self._store)
        self.world.elsewhere["cloudformation"] = self._has_stacks
        self.world.load(self.folder / _WORLD)
        self._keyring = Keyring(self.world, known.access_key, known.management_account, self._identity.accept)
        lasting = self._temporary is None
        self.data = Data(self.folder / "data", self.world, self.world.touched, self.world.must_last, lasting=lasting)
        self.backup = BackupService(
            self._store, self.data, self.world, self.clock, self._settings, before_commit=self._before_commit
        )
        self._tidy()
        self._stacks: CloudFormation | None = None
        self._blocks: RestJson | None = None
        self._opening = threading.Lock()
        engine = RestJson("backup", self.backup.handlers)
        self._front = Front(
            engine,
            self._direct,
            self._cloudformation,
            self._keyring,
            self.world,
            self.clock.now,
            lambda: self.tick(wait=False),
            VaultShares(self.backup.sharing, self.backup.shares),
            self.backup,
            self.faults,
            self.stopping.wait,
            self._follow_accounts,
        )
        self._closed = False
        self._remember()

    @property
    def access_key(self) -> str:
        """The access key of the management account."""
        return self._identity.access_key

    @property
    def secret_key(self) -> str:
        """The secret of that key."""
        return self._identity.secret_key

    @property
    def management_account(self) -> str:
        """The account of that key; a seeded organization may have moved it."""
        return self._identity.management_account

    def client(self, service: str, account: str | None = None, region: str = "us-east-1") -> Any:
        """An in-process boto3 client that acts as the root of an account (None: the management account).

        Clients of one service and Region share their event hooks across the process; register none on them.
        """
        return self._clients.get(service, account or self.management_account, region)

    def session(self, access_key: str, secret_key: str, token: str | None = None) -> Any:
        """An in-process boto3 session that signs with the given key, and is as good as that key."""
        return session(self, access_key, secret_key, token)

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Answer on 127.0.0.1 until the block ends; gives the endpoint URL."""
        from .server import Server

        server = Server(self, port)
        try:
            yield server.start()
        finally:
            server.stop()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        if (path := raw_target(environ)[0]) == _MOTO_RESET and self._moto_reset:
            self.reset()
            return send(Response(200, (("Content-Type", "application/json"),), b'{"status": "ok"}'), start_response)
        if path.startswith(admin.PREFIX):
            return send(admin.answer(self, read_request(environ)), start_response)
        return self._front(environ, start_response)

    def _inside(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that a part of this AWS makes of another."""
        environ[INSIDE] = True
        return self._front(environ, start_response)

    def tick(self, *, wait: bool = True) -> None:
        """Let AWS Backup do what is due now; without `wait`, not if another thread is at it already.

        What fails (on a full disk, say) is told, and tried again after a rest; the calls of others go on meanwhile.
        """
        if not self._ticking.acquire(blocking=wait):
            return
        try:
            while self._rest.over and not self.stopping.is_set() and self.backup.step(self.clock.now()):
                self._rest.end()
        except Exception:
            seconds = self._rest.begin()
            _log.exception("what is due at %s cannot happen; it is tried again in %.1f s", self.clock.now(), seconds)
        finally:
            self._ticking.release()

    def advance(self, delta: timedelta) -> None:
        """Move the clock forward, stopping at everything that happens on the way, or for good when told to stop."""
        with self._ticking, garbage.seldom():
            target = self.clock.now() + delta
            while self.backup.step(max(target, self.clock.now())):
                self._remember()
                if self.stopping.is_set():
                    return
            self.clock.jump(target)
        self._remember()

    def manage_from(self, account: str, partition: str = "aws") -> None:
        """Make `account` the management account, the one that the server's access key belongs to."""
        with self._remembering:
            self._identity = replace(self._identity, management_account=account, partition=partition)
        self.world.partition = partition
        self._keyring.management_account = self.world.management_account = account
        self._remember()

    def seed(self, *files: Path) -> Report:
        """Make what the files say: organizations, set-ups, inventories. `SeedError` if one cannot be read."""
        return self.seed_texts([(str(file), file.read_text(encoding="utf-8")) for file in files])

    def seed_texts(self, files: Iterable[tuple[str, str]]) -> Report:
        """The same, for names and contents of files."""
        from .seed.files import Text
        from .seed.sow import sow

        return sow(self.world, [Text(name, text) for name, text in files], self.manage_from, self.clock.now)

    def approvals(self) -> list[dict[str, str]]:
        """The sessions of multi-party approval that wait for a decision: `session` (its ARN), `action`, `vault`, …"""
        return self.backup.approvals()

    def approve(self, session_arn: str) -> None:
        """Decide a pending session as its approval team would; `LookupError` when none of that ARN is pending."""
        self.tick()
        self.backup.decide(session_arn, approved=True)

    def deny(self, session_arn: str) -> None:
        """The same, against the request."""
        self.tick()
        self.backup.decide(session_arn, approved=False)

    def declare(
        self,
        arn: str,
        kind: str,
        *,
        tags: Mapping[str, str] | None = None,
        description: Mapping[str, Any] | None = None,
        size: int = 0,
    ) -> None:
        """Declare a resource of a type that no service here has, or change one; `DataError` if it cannot be."""
        from .data.drivers.declared import declared

        self.world.declared.put(declared(arn, kind, tags or {}, description or {}, size))

    def check(self) -> list[str]:
        """What is wrong with the stored data, as sentences."""
        return self.backup.check()

    def save(self, *, patience: float = 0.5) -> list[str] | None:
        """Store the other services' state if it changed; the services that cannot be stored, None if it was busy."""
        self._remember()
        self.backup.write_trail()
        return self.world.save(self.folder / _WORLD, patience)

    def _direct(self) -> RestJson:
        """The EBS direct API, opened when somebody first asks for it."""
        from .direct.service import DirectApi

        with self._opening:
            if self._blocks is None:
                handlers = DirectApi(self.world.blocks, self.backup.snapshot).handlers
                self._blocks = RestJson("ebs", handlers)
            return self._blocks

    def _cloudformation(self) -> CloudFormation:
        """CloudFormation with the stacks of this folder, opened when somebody first asks for it."""
        from .cloudformation.service import CloudFormation

        with self._opening:
            if self._stacks is None:
                self._stacks = CloudFormation(self.world, self.folder / _STACKS, self.clock.now, self.backup.turn)
            return self._stacks

    def _has_stacks(self, account: str, region: str) -> bool:
        """Whether there are stacks in an account and Region; without any at all, CloudFormation is not loaded."""
        return (self.folder / _STACKS).exists() and self._cloudformation().holds(account, region)

    def _follow_accounts(self) -> None:
        """Let stack sets follow accounts; without any stacks at all, CloudFormation is not loaded."""
        if (self.folder / _STACKS).exists():
            self._cloudformation().follow_organization(self.clock.now())

    def reset(self) -> None:
        """Forget everything but the keys, the time and the faults, as if just opened; nothing may be under way."""
        with self._ticking:
            self._remember()
            self._let_go()
            for left in (*self.folder.glob("*.sqlite3*"), *self.folder.glob(f"{_WORLD}*")):
                left.unlink()
            shutil.rmtree(self.folder / "data", ignore_errors=True)
            self._open(None, self._identity)

    def _let_go(self) -> None:
        """Close what is open, but for the folder itself."""
        self._store.close()
        if self._stacks is not None:
            self._stacks.close()
        (self.folder / _OPEN).unlink(missing_ok=True)
        self._substrate.forget()

    def _before_commit(self) -> None:
        """Store the other services' state when AWS Backup is about to store something that is worth nothing without."""
        if not self.world.needed or self._temporary is not None:
            return
        if self.world.save(self.folder / _WORLD, _SNAPSHOT_PATIENCE) is None:
            raise RuntimeError("the state of the other services did not stand still, and could not be stored")

    def _tidy(self) -> None:
        """Clear away what a process that did not end well left behind; from here to the close this one may be such."""
        orphans, mark = self.backup.reconcile(), self.folder / _OPEN
        if orphans or mark.exists():
            try:
                self.data.sweep()
            except DataError as error:
                _log.warning("warning: %s", error)
        mark.touch(mode=0o600)

    def close(self) -> None:
        """Store everything and let go of the folder; a temporary one is deleted."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._temporary is None:
                self.save(patience=_SNAPSHOT_PATIENCE)
        finally:
            self._let_go()
            self._hold.release()
            if self._temporary is not None:
                self._temporary.cleanup()

    def __enter__(self) -> LocalAws:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _remember(self) -> None:
        with self._remembering:
            offset = self.clock.offset.total_seconds()
            self._identity = replace(self._identity, clock_offset=offset)
            identity.remember(self.folder, self._identity)
