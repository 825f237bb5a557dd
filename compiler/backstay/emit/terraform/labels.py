"""Names of resources inside a module: readable, unique within their type, and the same from build to build."""

from __future__ import annotations

import hashlib
import re

_FOREIGN = re.compile(r"[^A-Za-z0-9_-]")
_PLAIN = re.compile(r"(?!.*_[0-9a-f]{8}$)[A-Za-z_][A-Za-z0-9_-]*")
_JOINABLE = re.compile(r"(?!_|.*__|.*_$).*")
_BETWEEN = "__"


def label(*parts: str) -> str:
    """A Terraform identifier for a name, or for a name inside another (`gold`, `daily` → `gold__daily`).

    A name that cannot stand as it is gets a digest of itself at its end, so that two names never share a label, and a
    label never depends on what else a module holds: another label would mean another resource to Terraform.
    """
    shown = _BETWEEN.join(_FOREIGN.sub("_", part) for part in parts)
    faithful = all(_PLAIN.fullmatch(part) for part in parts[:1]) and not any(map(_FOREIGN.search, parts))
    joinable = len(parts) == 1 or all(part and _JOINABLE.fullmatch(part) for part in parts)
    if faithful and joinable and _PLAIN.fullmatch(shown):
        return shown
    start = shown if re.match(r"[A-Za-z_]", shown) else f"_{shown}"
    return f"{start}_{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:8]}"
