"""Backstay: backup policy as code for AWS organizations. A policy file begins with `from backstay import …`.

The vocabulary is loaded when the first word of it is asked for: `backstay --help` needs none of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backstay.dsl import (
        Access,
        AirGappedVault,
        Control,
        Copy,
        Defaults,
        Framework,
        Key,
        LegalHold,
        Lock,
        Notify,
        Plan,
        Policy,
        Report,
        Require,
        RestoreSelect,
        RestoreTest,
        Role,
        Rule,
        Scan,
        Select,
        Settings,
        Tiering,
        Vault,
        Waiver,
        account,
        account_tag,
        cron,
        daily,
        days,
        hourly,
        hours,
        minutes,
        monthly,
        ou,
        param,
        resource,
        resource_type,
        root,
        tag,
        weekly,
        weeks,
        yearly,
        years,
    )

__version__ = "0.1.0"

__all__ = [
    "Access",
    "AirGappedVault",
    "Control",
    "Copy",
    "Defaults",
    "Framework",
    "Key",
    "LegalHold",
    "Lock",
    "Notify",
    "Plan",
    "Policy",
    "Report",
    "Require",
    "RestoreSelect",
    "RestoreTest",
    "Role",
    "Rule",
    "Scan",
    "Select",
    "Settings",
    "Tiering",
    "Vault",
    "Waiver",
    "__version__",
    "account",
    "account_tag",
    "cron",
    "daily",
    "days",
    "hourly",
    "hours",
    "minutes",
    "monthly",
    "ou",
    "param",
    "resource",
    "resource_type",
    "root",
    "tag",
    "weekly",
    "weeks",
    "yearly",
    "years",
]

# Type checkers and editors read the imports above; they must not learn here that every name exists.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """A word of the vocabulary, loaded now."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        from backstay import dsl

        word = globals()[name] = getattr(dsl, name)
        return word

    def __dir__() -> list[str]:
        """What `dir()` and completion show: the words that are not loaded yet too."""
        return sorted({*globals(), *__all__})
