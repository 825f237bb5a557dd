"""Which operation a method and a raw path mean, and the values of the labels in the path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .model import operations

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from .message import Request


@dataclass(frozen=True, slots=True)
class Route:
    """One operation's way in: its path cut at the slashes, and query words that must be there (`?delete`)."""

    operation: OperationModel
    segments: tuple[str, ...]
    flags: frozenset[str]

    def labels(self, path: tuple[str, ...]) -> dict[str, str] | None:
        """The decoded labels if `path` is of this form."""
        found: dict[str, str] = {}
        for mine, given in zip(self.segments, path, strict=True):
            if mine.startswith("{"):
                found[mine[1:-1]] = unquote(given)
            elif mine != given:
                return None
        return found

    def literals(self) -> tuple[int, int]:
        """How specific this route is."""
        return sum(not segment.startswith("{") for segment in self.segments), len(self.flags)


class Router:
    """All routes of a service; the most specific one that fits wins.

    The path is matched as sent: clients percent-encode ARNs inside a label, so a label never holds a slash. A slash
    at the end means nothing, as AWS's own URIs are not of one mind about it.
    """

    def __init__(self, service: str) -> None:
        self._routes: dict[tuple[str, int], list[Route]] = {}
        for operation in operations(service).values():
            path, _, query = operation.http["requestUri"].partition("?")
            segments = tuple(path.strip("/").split("/"))
            route = Route(operation, segments, frozenset(filter(None, query.split("&"))))
            self._routes.setdefault((operation.http["method"], len(segments)), []).append(route)
        for routes in self._routes.values():
            routes.sort(key=Route.literals, reverse=True)

    def find(self, request: Request) -> tuple[OperationModel, dict[str, str]] | None:
        """The operation and its labels, or None where there is no such door."""
        path = tuple(request.path[1:].split("/"))
        forms = (path[:-1], path) if path[-1] == "" else (path,)
        words = frozenset(request.arguments())
        for form in forms:
            for route in self._routes.get((request.method, len(form)), ()):
                labels = route.labels(form) if route.flags <= words else None
                if labels is not None:
                    return route.operation, labels
        return None
