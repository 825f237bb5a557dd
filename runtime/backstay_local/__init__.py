"""The embedded AWS: AWS Backup with real bytes behind it, and the rest of AWS that it needs around it.

`from backstay_local import LocalAws, Settings` is the way in. Both are loaded when somebody asks for them: the package
itself costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import LocalAws
    from .backup.options import Settings

__all__ = ["LocalAws", "Settings"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "LocalAws":
        from .app import LocalAws

        return LocalAws
    from .backup.options import Settings

    return Settings
