"""Which operation a method and a raw path mean, and the values of the labels in the path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .model import operations

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from .message import Request


_ANY = "{}"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation's way in: its path cut at the slashes, and what must be there besides."""

    operation: OperationModel
    segments: tuple[str, ...]
    flags: frozenset[str]
    """Words of the query (`?delete`, `?list-type=2`)."""
    headers: frozenset[str] = frozenset()

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
        return sum(not segment.startswith("{") for segment in self.segments), len(self.flags) + len(self.headers)


class Router:
    """All routes of a service; the most specific one that fits wins.

    The path is matched as sent: clients percent-encode ARNs inside a label, so a label never holds a slash. A slash
    at the end means nothing, as AWS's own URIs are not of one mind about it.
    """

    def __init__(self, service: str, *, by_needs: bool = False) -> None:
        """`by_needs` tells operations apart by the arguments and headers that they require, as S3's have to be."""
        self._routes: dict[tuple[str, int, str], list[Route]] = {}
        self._greedy: dict[str, list[Route]] = {}
        for operation in operations(service).values():
            path, _, query = operation.http["requestUri"].partition("?")
            # A client of S3 takes the bucket out of the paths of the model, which all share, and keeps them here.
            segments = tuple(operation.http.get("authPath", path).strip("/").split("/"))
            words, headers = _needs(operation) if by_needs else (frozenset(), frozenset())
            route = Route(operation, segments, frozenset(filter(None, query.split("&"))) | words, headers)
            method = operation.http["method"]
            first = segments[0] if not segments[0].startswith("{") else _ANY
            self._routes.setdefault((method, len(segments), first), []).append(route)
            if segments[-1].endswith("+}"):
                self._greedy.setdefault(method, []).append(route)
        for routes in (*self._routes.values(), *self._greedy.values()):
            routes.sort(key=Route.literals, reverse=True)

    def find(self, request: Request) -> tuple[OperationModel, dict[str, str]] | None:
        """The operation and its labels, or None where there is no such door."""
        path = tuple(request.path[1:].split("/"))
        forms = (path[:-1], path) if path[-1] == "" else (path,)
        words = _words(request)
        for form in forms:
            for route in self._fitting(request.method, form):
                if route.flags <= words and route.headers <= request.headers.keys():
                    labels = route.labels(form)
                    if labels is not None:
                        return route.operation, labels
        for route in self._greedy.get(request.method, ()):
            last = len(route.segments) - 1
            if len(path) > last and route.flags <= words and route.headers <= request.headers.keys():
                labels = route.labels((*path[:last], "/".join(path[last:])))
                if labels is not None:
                    return route.operation, labels
        return None

    def _fitting(self, method: str, form: tuple[str, ...]) -> Iterator[Route]:
        """The routes of a form, those that name its first segment before those that take any."""
        first = form[0] if form else ""
        yield from self._routes.get((method, len(form), first), ())
        yield from self._routes.get((method, len(form), _ANY), ())


def _words(request: Request) -> frozenset[str]:
    """The names of a query's arguments, and the arguments with their values."""
    arguments = request.arguments()
    return frozenset(arguments) | {f"{name}={values[-1]}" for name, values in arguments.items()}


def _needs(operation: OperationModel) -> tuple[frozenset[str], frozenset[str]]:
    """The arguments and the headers (in lower case) that an operation cannot do without."""
    shape: Any = operation.input_shape
    required = [shape.members[name].serialization for name in shape.required_members] if shape is not None else []
    arguments = (one["name"] for one in required if one.get("location") == "querystring")
    headers = (one["name"].lower() for one in required if one.get("location") == "header")
    return frozenset(arguments), frozenset(headers)
