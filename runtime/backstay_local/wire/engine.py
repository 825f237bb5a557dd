"""A rest-json service out of botocore's model and a table of handlers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .call import AwsError, Call, Handler, Listing
from .errors import error_body, status_of
from .message import Request, Response
from .pages import DEFAULT_PAGE, Question, after, page, paginated, until
from .read import read
from .route import Router
from .write import Headers, write

if TYPE_CHECKING:
    from botocore.model import OperationModel


@dataclass(frozen=True, slots=True)
class Facts:
    """What the front knows of a request before the engine looks at it."""

    account: str
    region: str
    principal: str
    now: datetime
    request_id: str
    access_key: str = ""
    """The key that signed the request."""
    agent: str = ""
    """The program that asked, as its `User-Agent` says."""
    settled: datetime | None = None
    """Lists leave out what was made after this moment; None: they show all."""


class RestJson:
    """Routes, parses, validates, asks the handler, paginates, serialises; what is wrong becomes a modelled error."""

    def __init__(self, service: str, handlers: Mapping[str, Handler], *, page_size: int = DEFAULT_PAGE) -> None:
        """`handlers` by operation name; the others answer 501, never a false success."""
        self._router = Router(service)
        self._handlers = handlers
        self._page_size = page_size

    def handle(self, request: Request, facts: Facts) -> Response:
        """The answer to one request. A bug in a handler propagates: the front turns it into a 500 and logs it."""
        try:
            status, headers, body = self._answer(request, facts)
            return Response(status, (*_headers(facts), *headers), body)
        except AwsError as error:
            headers = (*_headers(facts), ("x-amzn-ErrorType", error.code))
            return Response(status_of(error), headers, error_body(error))

    def _answer(self, request: Request, facts: Facts) -> tuple[int, Headers, bytes]:
        found = self._router.find(request)
        if found is None:
            raise AwsError("UnknownOperationException", f"No operation at {request.method} {request.path}")
        operation, labels = found
        params = read(operation, request, labels)
        handler = self._handlers.get(operation.name)
        if handler is None:
            sentence = f"This embedded AWS does not have the behaviour of {operation.name} yet."
            raise AwsError("NotImplementedException", sentence)
        return write(operation, self._ask(operation, handler, facts, params))

    def _ask(
        self, operation: OperationModel, handler: Handler, facts: Facts, params: dict[str, Any]
    ) -> Mapping[str, Any]:
        """The handler's members; of a listing, one page."""
        if not paginated(operation):
            return _members(handler(_call(operation, facts), params))
        size, given = params.pop("MaxResults", None), params.pop("NextToken", None)
        question = Question(operation.name, facts.account, facts.region, dict(params))
        begun = None if given is None else after(given, question)
        result = handler(_call(operation, facts, page_size=size, after=begun), params)
        if not isinstance(result, Listing):
            return result
        rows = result if facts.settled is None else until(result, facts.settled)
        return page(operation, rows, size or self._page_size, question)


def _call(operation: OperationModel, facts: Facts, page_size: int | None = None, after: str | None = None) -> Call:
    return Call(
        operation.name,
        facts.account,
        facts.region,
        facts.principal,
        facts.now,
        facts.request_id,
        page_size=page_size,
        after=after,
        access_key=facts.access_key,
        agent=facts.agent,
    )


def _members(result: Mapping[str, Any] | Listing) -> Mapping[str, Any]:
    if isinstance(result, Listing):
        raise TypeError("only an operation with NextToken can answer with a listing")
    return result


def _headers(facts: Facts) -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Type", "application/json"),
        ("x-amzn-RequestId", facts.request_id),
    )
