"""After a crash: bytes that were kept for a recovery point which never came to be."""

from __future__ import annotations

from backstay_local.backup.state import State


def reconcile(state: State) -> int:
    """Delete every backup that no row names; answers how many there were.

    Bytes are written before the rows that name them, and deleted after those are gone: a process that ends in between
    leaves more bytes than rows, never less.
    """
    kept = " UNION ".join(f"SELECT manifest FROM {table}" for table in ("recovery_points", "moments", "access_points"))
    rows = state.store.query(kept)
    named = {str(manifest) for (manifest,) in rows}
    orphans = [manifest for manifest in state.data.manifests() if manifest not in named]
    for manifest in orphans:
        state.data.delete(manifest)
    return len(orphans)
