"""The documents that an editor has open, the scopes that they belong to, and what the last look at each came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backstay.editor.scope import Scope, is_policy, named, scope_of
from backstay.editor.shadow import Shadow
from backstay.editor.study import Studied
from backstay.load.find import SUFFIX, is_test
from backstay.source import SourceFile

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Document:
    """A text in the editor, the file that it is of, and the number of its version."""

    uri: str
    path: Path
    text: str
    version: int | None


@dataclass
class Desk:
    """What is open, by URI; shadows and what was seen, by scope. `above` is the folder in which shadows are made."""

    above: Path
    roots: list[Path] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    shadows: dict[Scope, Shadow] = field(default_factory=dict)
    seen: dict[Scope, Studied] = field(default_factory=dict)

    def put(self, uri: str, path: Path, text: str, version: int | None) -> Scope | None:
        """Take a document's newest text; the scope to look at again, if it is of one."""
        self.documents[uri] = Document(uri, named(path), text.removeprefix(_BOM), version)
        return self.scope(uri)

    def drop(self, uri: str) -> Scope | None:
        """Forget a document that is closed: from now on its file counts."""
        scope = self.scope(uri)
        self.documents.pop(uri, None)
        return scope

    def scope(self, uri: str) -> Scope | None:
        """The scope of an open document; None for a test, and for what is no policy and of none that is looked at."""
        document = self.documents.get(uri)
        scope = scope_of(document.path, self.roots) if document is not None else None
        if document is None or scope is None or is_test(document.path):
            return None
        ours = document.path.suffix != SUFFIX or is_policy(document.text) or self._known(document.path, scope)
        return scope if ours else None

    def scopes(self) -> Iterator[Scope]:
        """The scopes of all open documents, each once."""
        yield from dict.fromkeys(scope for uri in self.documents if (scope := self.scope(uri)) is not None)

    def unsaved(self, scope: Scope) -> Mapping[Path, str]:
        """The texts of open documents inside the root of a scope."""
        inside = (one for one in self.documents.values() if one.path.is_relative_to(scope.root))
        return {one.path: one.text for one in inside}

    def shadow(self, scope: Scope) -> Shadow:
        """The scope's shadow, made if need be."""
        if scope not in self.shadows:
            self.shadows[scope] = Shadow.of(scope, self.above)
        return self.shadows[scope]

    def uri(self, path: Path) -> str:
        """What the editor calls a file: as it opened it, else plainly."""
        return next((one.uri for one in self.documents.values() if one.path == path), path.as_uri())

    def current(self, uri: str) -> tuple[Document, SourceFile, Studied]:
        """A document, its text for looking things up, and what was seen of its scope: nothing, if it read another text.

        Raises `KeyError` for a document that is not open.
        """
        document = self.documents[uri]
        scope = self.scope(uri)
        seen = self.seen.get(scope, Studied()) if scope is not None else Studied()
        file = seen.files.get(document.path)
        if file is not None and file.text == document.text:
            return document, file, seen
        return document, SourceFile(str(document.path), document.text), Studied()

    def _known(self, path: Path, scope: Scope) -> bool:
        return scope in self.seen and path in self.seen[scope].files
