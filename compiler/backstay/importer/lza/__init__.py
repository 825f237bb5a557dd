"""The Landing Zone Accelerator's configuration: backup policies with their targets, and backup vaults.

Source: the accelerator's configuration reference, `organization-config.yaml` (`backupPolicies`), `global-config.yaml`
(`backup.vaults`), `replacements-config.yaml` (`globalReplacements`); read 2026-11.
"""

from __future__ import annotations

from pathlib import Path

from backstay.importer.found import Reading
from backstay.source.disk import is_file

FILES = ("organization-config.yaml", "global-config.yaml")


def recognises(path: str, data: bytes) -> bool:
    """Whether a file is one of the accelerator's that say something of backups."""
    from backstay.importer.lza.config import BACKUPS, parse

    if Path(path).suffix not in (".yaml", ".yml"):
        return False
    text, findings = parse(path, data)
    return not findings and isinstance(text.data, dict) and any(member in text.data for member in BACKUPS)


def read(path: str, data: bytes) -> Reading:
    """One file; documents of policies are looked for beside it."""
    from backstay.importer.lza.config import read_file

    return read_file(Path(path).parent, path, data, {})


def recognises_folder(path: Path) -> bool:
    """Whether a folder is the accelerator's configuration."""
    return any(is_file(path / name) for name in FILES)


def read_folder(path: Path) -> Reading:
    """All that the configuration says of backups, with its own replacements filled in."""
    from backstay.importer.lza.config import read_configuration

    return read_configuration(path)
