"""What a recovery point inherits from its source when AWS Backup does not manage its type fully."""

from __future__ import annotations

from backstay_local.backup.state import State


def key_of(state: State, manifest: str, account: str, region: str) -> str | None:
    """The KMS key of the source at the time of the backup, as key ARN; None for a source without encryption."""
    metadata = {name.lower(): value for name, value in state.data.restore_metadata(manifest).items()}
    reference = metadata.get("kmskeyid") or metadata.get("kmskeyarn")
    if not reference or metadata.get("encrypted", "true").lower() == "false":
        return None
    key = state.world.key(reference, account, region)
    return reference if key is None else key.arn
