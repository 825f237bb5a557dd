"""Bytes and rows side by side: bytes that no recovery point came to need, and recovery points whose bytes are gone."""

from __future__ import annotations

from backstay_local.backup.state import State

_HOLDERS = {"recovery_points": "arn", "moments": "point_arn", "access_points": "point_arn"}
"""The tables whose rows name the manifest that they need, and the column that says of which recovery point."""


def reconcile(state: State) -> int:
    """Delete every backup that no row names; answers how many there were.

    Bytes are written before the rows that name them, and deleted after those are gone: a process that ends in between
    leaves more bytes than rows, never less.
    """
    named = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE manifest = ?1" for table in _HOLDERS)
    orphans = [one for one in state.data.manifests() if not state.store.query(f"{named} LIMIT 1", [one])]
    for manifest in orphans:
        state.data.delete(manifest)
    return len(orphans)


def losses(state: State) -> list[str]:
    """A sentence for each recovery point that needs bytes which are not there: somebody took them away."""
    held = " UNION ".join(f"SELECT manifest, {point} FROM {table}" for table, point in _HOLDERS.items())
    there = set(state.data.manifests())
    lost = sorted({str(point) for manifest, point in state.store.query(held) if manifest not in there})
    return [f"recovery point {point} cannot be restored: its backup is missing" for point in lost]
