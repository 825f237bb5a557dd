"""An editor for the tests: it speaks to a language server over the pipes of a process."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

WAIT = 20.0  # seconds; an answer takes a fraction of one


class Editor:
    """An editor with one server."""

    def __init__(self, root: Path) -> None:
        self.root = root
        command = [sys.executable, "-m", "backstay.cli.main", "lsp"]
        self.process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last = 0
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, method: str, **params: Any) -> Any:
        """A request, and its answer."""
        self.last += 1
        self._send({"id": self.last, "method": method, "params": params})
        answer = self.hear(lambda said: said.get("id") == self.last and "method" not in said)
        assert "error" not in answer, answer
        return answer["result"]

    def tell(self, method: str, **params: Any) -> None:
        """A notification."""
        self._send({"method": method, "params": params})

    def hear(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that is wanted; those before it are passed over."""
        while True:
            said = self.heard.get(timeout=WAIT)
            if wanted(said):
                return said

    def diagnostics(self, name: str, version: int | None = None) -> list[dict[str, Any]]:
        """The next diagnostics of a file (of that version)."""

        def wanted(said: dict[str, Any]) -> bool:
            params = said.get("params") or {}
            mine = said.get("method") == "textDocument/publishDiagnostics" and params["uri"] == self.uri(name)
            return mine and version in (None, params.get("version"))

        found: list[dict[str, Any]] = self.hear(wanted)["params"]["diagnostics"]
        return found

    def start(self, **capabilities: Any) -> dict[str, Any]:
        """The first words."""
        folders = [{"uri": self.root.as_uri(), "name": "root"}]
        answer: dict[str, Any] = self.ask(
            "initialize",
            processId=None,
            rootUri=self.root.as_uri(),
            capabilities=capabilities,
            workspaceFolders=folders,
        )
        self.tell("initialized")
        return answer

    def open(self, name: str, text: str) -> None:
        """Show a document."""
        document = {"uri": self.uri(name), "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)

    def change(self, name: str, version: int, text: str) -> None:
        """Type."""
        document = {"uri": self.uri(name), "version": version}
        self.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def at(self, method: str, name: str, line: int, character: int) -> Any:
        """Ask something of a place."""
        position = {"line": line, "character": character}
        return self.ask(method, textDocument={"uri": self.uri(name)}, position=position)

    def actions(self, name: str, line: int, character: int, **context: Any) -> list[dict[str, Any]]:
        """What can be done at a place."""
        place = {"line": line, "character": character}
        found: list[dict[str, Any]] = self.ask(
            "textDocument/codeAction",
            textDocument={"uri": self.uri(name)},
            range={"start": place, "end": place},
            context={"diagnostics": [], **context},
        )
        return found

    def uri(self, name: str) -> str:
        """What the editor calls a file."""
        return (self.root / name).as_uri()

    def end(self) -> int:
        """The last words; the exit code."""
        self.ask("shutdown")
        self.tell("exit")
        return self.process.wait(WAIT)

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self.process.stdin.flush()

    def _listen(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            self.heard.put(json.loads(stream.read(length)))


@pytest.fixture
def new_editor(tmp_path: Path, texts: Mapping[str, str]) -> Editor:
    """An editor with a house and a server of its own, to which nothing was said yet."""
    return Editor(house(tmp_path / "house", texts))


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """An editor with an empty folder, and its server."""
    found = Editor(tmp_path_factory.mktemp("work"))
    found.start()
    yield found
    assert found.end() == 0


@pytest.fixture
def editor(started: Editor, texts: Mapping[str, str]) -> Iterator[Editor]:
    """The editor, in a house of its own inside its folder; `texts` are its files."""
    above = started.root
    started.root = house(above / f"house-{len(list(above.iterdir()))}", texts)
    yield started
    started.root = above


def house(root: Path, texts: Mapping[str, str]) -> Path:
    """A folder with files."""
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root
