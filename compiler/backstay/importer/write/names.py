"""Python names for AWS's names: readable, legal, and each once in the file."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from dataclasses import dataclass, field

from backstay.dsl import VOCABULARY

LONGEST = 50
"""Characters of a variable; names of AWS are longer."""
_TAKEN = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *VOCABULARY, "backstay"})


def identifier(name: str, *, fallback: str = "thing") -> str:
    """A Python name in lower case: `PII-Backup Plan` → `pii_backup_plan`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", plain)
    word = re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_") or fallback
    return f"_{word}" if word[0].isdigit() else word


@dataclass
class Names:
    """Gives out names; a name that is taken gets the kind of the thing behind it, then a number."""

    taken: set[str] = field(default_factory=lambda: set(_TAKEN))

    def give(self, name: str, kind: str) -> str:
        """A name that nobody has yet, for a thing of a kind (`plan`, `vault`)."""
        word = identifier(name, fallback=kind)
        word = word[:LONGEST].rstrip("_")
        if word[0] == "_":
            word = f"{kind}{word}"
        if word in self.taken:
            word = f"{word}_{kind}"
        found, number = word, 2
        while found in self.taken:
            found, number = f"{word}_{number}", number + 1
        self.taken.add(found)
        return found
