"""After a crash: bytes that were kept for a recovery point which never came to be."""

from __future__ import annotations

from backstay_local.backup.state import State


def reconcile(state: State) -> int:
    """Delete every backup that no row names; answers how many there were.

    Bytes are written before the rows that name them, and deleted after those are gone: a process that ends in between
    leaves more bytes than rows, never less.
    """
    rows = state.store.query("SELECT manifest FROM recovery_points UNION SELECT manifest FROM moments")
    named = {str(manifest) for (manifest,) in rows}
    orphans = [manifest for manifest in state.data.manifests() if manifest not in named]
    for manifest in orphans:
        state.data.delete(manifest)
    return len(orphans)
