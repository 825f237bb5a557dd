"""Finds the nodes of the organization that paths name, asking for no more of the tree than lies on the way."""

from __future__ import annotations

from collections.abc import Iterable

from backstay_agent.parts.steps import Step, Steps

ROOT = "root"


def ids(paths: Iterable[str]) -> Steps[dict[str, str | None]]:
    """The id of each unit by its path (`Workloads/Prod`), and the root's as `root`; None where a path leads nowhere."""
    roots = yield Step("ListRoots", service="organizations", every="Roots")
    root = str(roots["Roots"][0]["Id"])
    below: dict[str, dict[str, str]] = {}
    found: dict[str, str | None] = {ROOT: root}
    for path in sorted(set(paths)):
        node: str | None = root
        for name in path.split("/"):
            if node is not None and node not in below:
                answer = yield Step(
                    "ListOrganizationalUnitsForParent",
                    {"ParentId": node},
                    service="organizations",
                    every="OrganizationalUnits",
                )
                below[node] = {str(one["Name"]): str(one["Id"]) for one in answer["OrganizationalUnits"]}
            node = below[node].get(name) if node is not None else None
        found[path] = node
    return found
