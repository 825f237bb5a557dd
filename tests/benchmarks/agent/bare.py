"""The same calls as a plan made, by boto3 and nothing else: `bare.py URL KEY SECRET CALLS THREADS` prints seconds.

As good a loop as one can write by hand: a client for each service and Region, credentials that change with the account,
as many threads as the agent has, each with an account in a Region at a time. It looks at no answer.
"""

from __future__ import annotations

import contextvars
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.session import Session

acting: contextvars.ContextVar[Any] = contextvars.ContextVar("acting")


class Acting(Credentials):
    """Those of the account that the thread is in."""

    def get_frozen_credentials(self) -> Any:
        """What botocore signs with."""
        return acting.get()


def main(url: str, key: str, secret: str, calls: str, threads: str) -> None:
    """Make the calls once."""
    began = time.perf_counter()
    own = Credentials(key, secret).get_frozen_credentials()
    session: Any = Session()
    session._credentials = Acting("", "")
    config = Config(max_pool_connections=int(threads), retries={"total_max_attempts": 1})
    recorded = json.loads(Path(calls).read_text())
    needed = sorted({(service, region) for _, region, service, _, _ in recorded})
    clients = {it: session.create_client(it[0], region_name=it[1], endpoint_url=url, config=config) for it in needed}
    roles = {account: (region, members) for account, region, _, name, members in recorded if name == "AssumeRole"}

    def enter(account: str) -> Any:
        region, members = roles[account]
        acting.set(own)
        given = clients["sts", region].assume_role(**members)["Credentials"]
        keys = given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        return account, Credentials(*keys).get_frozen_credentials()

    def place(todo: list[Any]) -> int:
        for account, region, service, operation, members in todo:
            acting.set(taken.get(account, own))
            with suppress(ClientError):
                getattr(clients[service, region], xform_name(operation))(**members)
        return len(todo)

    rest = sorted((it for it in recorded if it[3] != "AssumeRole"), key=lambda it: it[:2])
    places = [list(group) for _, group in groupby(rest, key=lambda it: it[:2])]
    with ThreadPoolExecutor(int(threads)) as pool:
        taken = dict(pool.map(enter, roles))
        made = len(taken) + sum(pool.map(place, places))
    told = {"calls": made, "seconds": time.perf_counter() - began, "processor": time.process_time()}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
