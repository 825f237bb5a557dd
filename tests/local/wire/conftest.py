"""The way through the engine and back, and the shapes that go it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.local import shapes

from backstay_local.wire.call import Handler
from backstay_local.wire.engine import Facts, RestJson
from backstay_local.wire.message import Request, Response


@pytest.fixture(scope="session")
def fill() -> Callable[[Any], Any]:
    """Makes a full value of a shape."""
    return shapes.full


@pytest.fixture(scope="session")
def facts() -> Facts:
    """One caller at one time."""
    return Facts("123456789012", "eu-central-1", "arn:aws:iam::123456789012:root", shapes.MOMENT, "request-1")


@pytest.fixture(scope="session")
def sent() -> Callable[[str, Mapping[str, Any]], Request]:
    """The request that botocore makes of an operation and its parameters."""
    return shapes.sent


@pytest.fixture(scope="session")
def parsed() -> Callable[[str, Response], dict[str, Any]]:
    """What botocore reads in a response."""
    return shapes.parsed


@pytest.fixture
def ask(facts: Facts) -> Callable[[str, Handler, Request], Response]:
    """Lets an engine with one handler answer a request."""

    def answer(operation: str, handler: Handler, request: Request) -> Response:
        return RestJson("backup", {operation: handler}, page_size=2).handle(request, facts)

    return answer
