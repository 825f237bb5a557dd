"""botocore's own description of a service, loaded once: operations, shapes, and where each member travels."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

Shape = Any
"""One of botocore's shapes. Which attributes it has depends on its `type_name`, which no type checker sees."""


@cache
def loader() -> Any:
    """botocore's reader of its files. It remembers what it read, so all share it: reading EC2's takes half a second."""
    from botocore.session import Session

    return Session().get_component("data_loader")


@cache
def service_model(service: str) -> ServiceModel:
    """The model of `service` (its botocore name, such as `backup`)."""
    from botocore.model import ServiceModel

    return ServiceModel(loader().load_service_model(service, "service-2"), service)


@cache
def operations(service: str) -> dict[str, OperationModel]:
    """Every operation of `service` by name, in the model's order."""
    model = service_model(service)
    return {name: model.operation_model(name) for name in model.operation_names}
