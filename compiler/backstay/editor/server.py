"""The language server itself: what the editor tells, what it is told, and when; the only user of pygls' server."""

from __future__ import annotations

import asyncio
import datetime
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from backstay import __version__
from backstay.editor.actions import FIX_ALL, KINDS, Actions
from backstay.editor.desk import Desk
from backstay.editor.diagnostics import diagnostic
from backstay.editor.hover import hover
from backstay.editor.positions import point_of
from backstay.editor.scope import Scope
from backstay.editor.study import Studied, study
from backstay_contract.findings import Finding

PAUSE = 0.25
"""Seconds without a keystroke before policies are looked at."""
WATCHED = ("**/*.py", "**/org.yaml", "**/org.yml", "**/org.json", "**/backstay.toml")


class Server(LanguageServer):
    """A language server with a desk, and with one thread for all looks at policies."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("backstay", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.desk = desk
        self._looking = ThreadPoolExecutor(1, "backstay-lint")
        self._waiting: dict[Scope, asyncio.Task[None]] = {}
        self._told: dict[Scope, set[str]] = {}

    def look_soon(self, scope: Scope | None) -> None:
        """Look at a scope once nobody has typed for a moment; a look that was meant to come before does not."""
        if scope is None:
            return
        before = self._waiting.get(scope)
        if before is not None:
            before.cancel()
        self._waiting[scope] = asyncio.get_running_loop().create_task(self._look(scope))

    def look_everywhere(self) -> None:
        """Look at all scopes that have an open document."""
        for scope in self.desk.scopes():
            self.look_soon(scope)

    async def _look(self, scope: Scope) -> None:
        """Look, and tell what was found. If this is cancelled meanwhile, newer text waits: nothing is told."""
        await asyncio.sleep(PAUSE)
        loop = asyncio.get_running_loop()
        try:
            unsaved, shadow = self.desk.unsaved(scope), self.desk.shadow(scope)
            seen = await loop.run_in_executor(self._looking, study, shadow, unsaved, _today())
            self.desk.seen[scope] = seen
            self.tell(scope, seen)
        except Exception as error:  # an editor must not lose its server by a mistake of ours
            said = f"backstay could not look at {scope.policies}: {type(error).__name__}: {error}"
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, said))

    def tell(self, scope: Scope, seen: Studied) -> None:
        """Publish what was found in each file, and that nothing is wrong any more in those told of before."""
        codec = self.workspace.position_codec
        rows = {self.desk.uri(path): (path, findings) for path, findings in seen.findings.items()}
        for uri in self._told.get(scope, set()) - set(rows):
            self._publish(uri, [], None)
        for uri, (path, findings) in rows.items():
            document = self.desk.documents.get(uri)
            if document is not None and path in seen.files and document.text != seen.files[path].text:
                continue  # somebody has typed since: what comes next tells
            found = [diagnostic(one, seen.files, codec, self.desk.uri) for one in findings]
            self._publish(uri, found, None if document is None else document.version)
        self._told[scope] = set(rows)

    def forget(self, scope: Scope | None) -> None:
        """Take back what was told of a scope of which nothing is open any more."""
        if scope is None or scope in set(self.desk.scopes()):
            self.look_soon(scope)
            return
        before = self._waiting.pop(scope, None)
        if before is not None:
            before.cancel()
        self.desk.seen.pop(scope, None)
        for uri in self._told.pop(scope, set()):
            self._publish(uri, [], None)

    def shutdown(self) -> None:
        """End; a look that is being taken is the last one."""
        self._looking.shutdown(wait=False, cancel_futures=True)
        super().shutdown()  # type: ignore[no-untyped-call]  # pygls annotates most of itself

    def _publish(self, uri: str, diagnostics: Sequence[types.Diagnostic], version: int | None) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, list(diagnostics), version))


def serve() -> None:
    """Speak on standard input and output until the editor says that it is over."""
    with tempfile.TemporaryDirectory(prefix="backstay-lsp-", ignore_cleanup_errors=True) as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder, "cache"))  # what is remembered of unsaved texts goes with them
        server = Server(Desk(Path(os.path.realpath(folder))))
        _listen(server)
        with os.fdopen(os.dup(0), "rb") as heard, os.fdopen(os.dup(1), "wb") as said:
            os.dup2(2, 1)  # what anything prints must not come between the protocol's messages
            try:
                server.start_io(heard, said)
            finally:
                os.chdir("/")


def _listen(server: Server) -> None:
    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        server.desk.roots = [path for folder in server.workspace.folders.values() if (path := _path(folder.uri))]
        if not server.desk.roots and server.workspace.root_path:
            server.desk.roots = [Path(server.workspace.root_path)]
        _watch(server)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: types.DidOpenTextDocumentParams) -> None:
        one = params.text_document
        _put(server, one.uri, one.text, one.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        _put(server, uri, server.workspace.get_text_document(uri).source, params.text_document.version)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def did_save(params: types.DidSaveTextDocumentParams) -> None:
        server.look_soon(server.desk.scope(params.text_document.uri))

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.forget(server.desk.drop(params.text_document.uri))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def did_change_files(_: types.DidChangeWatchedFilesParams) -> None:
        server.look_everywhere()

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def on_hover(params: types.HoverParams) -> types.Hover | None:
        return _hover(server, params)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=list(KINDS)))
    async def on_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        return _actions(server, params)


def _put(server: Server, uri: str, text: str, version: int | None) -> None:
    path = _path(uri)
    if path is not None:
        server.look_soon(server.desk.put(uri, path, text, version))


def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    uri = params.text_document.uri
    if server.desk.scope(uri) is None:
        return None
    document, file, seen = server.desk.current(uri)
    point = point_of(file.lines, params.position, server.workspace.position_codec)
    said = hover(file, _found(seen, document.path), point)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said)) if said else None


def _actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri, codec = params.text_document.uri, server.workspace.position_codec
    if server.desk.scope(uri) is None:
        return []
    document, file, seen = server.desk.current(uri)
    findings = _found(seen, document.path)
    start, end = (point_of(file.lines, at, codec) for at in (params.range.start, params.range.end))
    made = Actions(file, types.OptionalVersionedTextDocumentIdentifier(uri, document.version), codec)
    wanted = params.context.only
    actions: list[types.CodeAction] = []
    if wanted is None or any(_within(types.CodeActionKind.QuickFix, kind) for kind in wanted):
        actions += made.at(findings, seen.fixes, start, end, params.context.diagnostics)
    if any(_within(FIX_ALL, kind) for kind in wanted or ()):
        actions += made.all(findings, seen.fixes)
    return actions


def _within(kind: str, wanted: str) -> bool:
    """Whether a kind of action is the one that is asked for, or below it."""
    kind, wanted = str(getattr(kind, "value", kind)), str(getattr(wanted, "value", wanted))
    return kind == wanted or kind.startswith(f"{wanted}.")


def _found(seen: Studied, path: Path) -> Sequence[Finding]:
    return seen.findings.get(path, ())


def _watch(server: Server) -> None:
    """Ask the editor to tell of files that change outside of it, if it can."""
    workspace = server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace else None
    if watched is None or not watched.dynamic_registration:
        return
    options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(one) for one in WATCHED])
    registration = types.Registration("backstay-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    server.client_register_capability(types.RegistrationParams([registration]))


def _path(uri: str) -> Path | None:
    """The file of a URI; None for what is no file."""
    found = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(found) if found else None


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()
