"""The linter: what is wrong with resolved policies. One rule a file under `rules/<family>/`.

The names that the authors of further rules need are here; they are loaded when they are asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backstay.lint.context import Context
    from backstay.lint.rule import Problem, Rule
    from backstay.lint.site import CopySite, PlanSite, RuleSite, SelectionSite, Site, VaultSite
    from backstay.lint.source import Source

__all__ = [
    "Context",
    "CopySite",
    "PlanSite",
    "Problem",
    "Rule",
    "RuleSite",
    "SelectionSite",
    "Site",
    "Source",
    "VaultSite",
]

# Type checkers and editors read the imports above; they must not learn here that every name exists.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """A name for authors of rules, loaded now."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        from importlib import import_module

        home = {"Context": "context", "Problem": "rule", "Rule": "rule", "Source": "source"}.get(name, "site")
        found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
        return found

    def __dir__() -> list[str]:
        """What `dir()` and completion show: the names that are not loaded yet too."""
        return sorted({*globals(), *__all__})
