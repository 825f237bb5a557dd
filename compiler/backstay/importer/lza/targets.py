"""Deployment targets of the accelerator as targets and Regions of the policy language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from backstay.importer.found import Scope, Unknown
from backstay.importer.organizations.placeholders import Placeholders
from backstay.importer.problem import problem
from backstay.importer.write.code import quoted
from backstay.source.text import DataPath, Text
from backstay_contract.findings import Finding

ROOT: Final = "Root"


def scopes(targets: Any, text: Text, at: DataPath, given: Mapping[str, str], told: list[Finding]) -> Iterator[Scope]:
    """Where something is deployed: a scope for each target, since things of a name may not meet at one level.

    `given` are the configuration's own replacements.
    """
    placeholders = Placeholders(given)
    members = targets if isinstance(targets, Mapping) else {}
    units, accounts, left_out, regions = (
        [_name(one, placeholders) for one in _several(members, member, text, at, told)]
        for member in ("organizationalUnits", "accounts", "excludedAccounts", "excludedRegions")
    )
    region = _region(regions, text, (*at, "excludedRegions"), placeholders, told) if regions else None
    without = "".join(f" & ~account({quoted(one)})" for one in left_out)
    named = ["root()"] if ROOT in units else [f"ou({quoted(one)})" for one in units]
    alone = [] if ROOT in units else [f"account({quoted(one)})" for one in accounts if one not in left_out]
    for target in (*(f"{one}{without}" for one in named), *alone):
        yield Scope(target=target, region=region)
    if not named and not alone:
        yield Scope(region=region)


def _several(members: Mapping[str, Any], member: str, text: Text, at: DataPath, told: list[Finding]) -> list[Any]:
    said = members.get(member)
    if said is None or isinstance(said, list):
        return said or []
    told.append(problem("wrong-value", f"`{member}` is a list", text.key((*at, member))))
    return []


def _region(
    excluded: list[str], text: Text, at: DataPath, placeholders: Placeholders, told: list[Finding]
) -> str | None:
    """The Regions that the accelerator manages, but for those that are excluded; None if they are not all known."""
    enabled = text.data.get("enabledRegions")
    known = [placeholders.filled(str(one)) for one in enabled] if isinstance(enabled, list) else []
    if known and not any(isinstance(one, Unknown) for one in known):
        return ",".join(sorted({str(one) for one in known} - set(excluded))) or None
    message = f"`excludedRegions` is left out, since `enabledRegions` is not known: {', '.join(excluded)}"
    told.append(problem("not-imported", message, text.key(at)))
    return None


def _name(said: Any, placeholders: Placeholders) -> str:
    filled = placeholders.filled(str(said))
    return filled.expression if isinstance(filled, Unknown) else filled
