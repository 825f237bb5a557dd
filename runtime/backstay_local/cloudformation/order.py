"""In which order the resources of a template are made: after all that they speak of."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from backstay_local.wire.call import AwsError

from .template import Template, references


def order(template: Template) -> list[str]:
    """Logical ids, those first that others need; `AwsError` if some need each other."""
    graph: dict[str, list[str]] = {}
    for name, resource in template.resources.items():
        depends = resource.get("DependsOn", [])
        needed = {*references(resource.get("Properties", {})), *([depends] if isinstance(depends, str) else depends)}
        graph[name] = sorted(needed & template.resources.keys())
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        names = ", ".join(sorted(set(error.args[1])))
        raise AwsError("ValidationError", f"Circular dependency between resources: [{names}]") from None
