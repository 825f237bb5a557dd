"""CloudFormation as a whole: a request in the query protocol, answered by the operation that it names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstay_local.wire import query
from backstay_local.wire.call import AwsError, Call
from backstay_local.wire.message import Request, Response
from backstay_local.wire.model import operations

from . import change_sets, organizations_access, stack_sets, stacks
from .book import Book
from .organizations_access import as_management
from .stacks import Office

if TYPE_CHECKING:
    from backstay_local.wire.engine import Facts
    from backstay_local.world.world import World

SERVICE = "cloudformation"
_READS = ("Describe", "Get", "List", "Validate")
OPERATIONS: Mapping[str, Callable[[Office, Call, dict[str, Any]], dict[str, Any]]] = {
    **stacks.OPERATIONS,
    **stack_sets.OPERATIONS,
    **change_sets.OPERATIONS,
    **organizations_access.OPERATIONS,
}
"""The behaviour of every operation that there is, by its name."""


class CloudFormation:
    """The stacks of one embedded AWS. One request after another is answered; any thread may ask."""

    def __init__(self, world: World, path: Path, now: Callable[[], datetime], turn: threading.RLock) -> None:
        """`path` is the file that the stacks are kept in.

        Stacks make what AWS Backup has, and AWS Backup looks at stacks: with one `turn` nobody waits in a ring.
        """
        self._turn = turn
        self._book = Book(path)
        self._office = Office(world, self._book, now)

    def handle(self, request: Request, facts: Facts) -> Response:
        """The answer to one request; `AwsError` where it is refused."""
        form = query.form_of(request)
        operation = form.get("Action", "")
        if operation not in operations(SERVICE):
            raise AwsError("InvalidAction", f"Could not find operation {operation}")
        if operation not in OPERATIONS:
            sentence = f"This embedded AWS does not have the behaviour of {operation}."
            raise AwsError("NotImplementedException", sentence, 501)
        params = query.read(SERVICE, operation, form)
        call = Call(operation, facts.account, facts.region, facts.principal, facts.now, facts.request_id)
        if params.get("CallAs") == "DELEGATED_ADMIN":
            call = as_management(self._office.world, call)
        with self._turn:
            result = OPERATIONS[operation](self._office, call, params)
            if not operation.startswith(_READS):
                self._office.world.changed()
        headers = (("Content-Type", "text/xml"), ("x-amzn-RequestId", facts.request_id))
        return Response(200, headers, query.write(SERVICE, operation, result, facts.request_id))

    def follow_organization(self, now: datetime) -> None:
        """Let stack sets follow accounts that came into their units or left them."""
        manager = self._office.world.management_account
        call = Call("", manager, "", f"arn:aws:iam::{manager}:root", now, "")
        with self._turn:
            stack_sets.follow_organization(self._office, call)

    def holds(self, account: str, region: str) -> bool:
        """Whether there is a stack in an account and Region."""
        with self._turn:
            return any(not one.deleted for one in self._book.stacks(account, region))

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()
