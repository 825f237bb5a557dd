"""Makes a process ready to be forked: what trials need is loaded, and what libraries find out each time is remembered.

Nothing here changes what botocore or moto do: each thing that is remembered follows from its arguments alone.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, wraps
from typing import Any

REGION = "eu-central-1"
_SERVICES = ("backup", "sts", "organizations", "iam", "sns", "kms", "s3", "dynamodb", "resourcegroupstaggingapi")


@cache
def command(name: str) -> Any:
    """A command of the agent by the name that a person types."""
    module = importlib.import_module(f"backstay_agent.cli.{name}")
    return getattr(module, name)


def warm(names: Sequence[str]) -> None:
    """Load what agents need, so that a forked one costs milliseconds."""
    import botocore.session

    from backstay_aws import catalog
    from backstay_local.wire.model import loader

    catalog.regions()
    catalog.resource_types()
    shared = loader()
    botocore.session.create_loader = lambda *_: shared
    _remember()
    session = botocore.session.Session()
    session.set_credentials("warm", "warm")
    for service in _SERVICES:
        session.create_client(service, region_name=REGION)
    for name in names:
        command(name)


def learn(loaded: Sequence[str]) -> None:
    """Load here what an agent had to load, so that the next one need not."""
    for name in loaded:
        with suppress(Exception):
            importlib.import_module(name)


def settle() -> None:
    """What is loaded by now stays: forked processes share its pages, and none looks through it for garbage."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.disable()


def _remember() -> None:
    """Each agent makes its session and clients anew; what they are made of is always the same."""
    import botocore.client
    import botocore.hooks
    import moto.core.responses

    botocore.hooks.accepts_kwargs = cache(botocore.hooks.accepts_kwargs)
    botocore.hooks.EventAliaser._alias_event_name = _by_arguments(botocore.hooks.EventAliaser._alias_event_name)
    creator = botocore.client.ClientCreator
    creator._load_service_model = _by_arguments(creator._load_service_model)
    creator._load_service_endpoints_ruleset = _by_arguments(creator._load_service_endpoints_ruleset)
    moto.core.responses.method_names_from_class = cache(moto.core.responses.method_names_from_class)


def _by_arguments(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method whose answer does not depend on whose it is."""
    known: dict[tuple[Any, ...], Any] = {}

    @wraps(method)
    def remembered(self: Any, *arguments: Any) -> Any:
        if arguments not in known:
            known[arguments] = method(self, *arguments)
        return known[arguments]

    return remembered
