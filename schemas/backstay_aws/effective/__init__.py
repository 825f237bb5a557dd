"""The effective backup policy of an AWS organization's account, as Organizations would make it: one engine, pure.

`admit` says whether Organizations takes a policy, `evaluate` what an account ends up with, both with the reasons and
the places that AWS keeps to itself.
"""

from .admit import admit, minified, size
from .evaluate import Attached, Effective, Invalid, Kind, Level, Refused, evaluate
from .grammar import (
    APPEND,
    ASSIGN,
    CONTROL,
    MAX_ATTACHED,
    MAX_CHARACTERS,
    MAX_CONDITIONS,
    MAX_RULES,
    OPERATORS,
    REMOVE,
)
from .refusal import Refusal
from .settings import USUAL, Settings
from .text import Place, TextError
from .trace import Control, Ignored, Leaf, Said, Speaker, Trace, conflicts
from .validity import EffectiveError

__all__ = [
    "APPEND",
    "ASSIGN",
    "CONTROL",
    "MAX_ATTACHED",
    "MAX_CHARACTERS",
    "MAX_CONDITIONS",
    "MAX_RULES",
    "OPERATORS",
    "REMOVE",
    "USUAL",
    "Attached",
    "Control",
    "Effective",
    "EffectiveError",
    "Ignored",
    "Invalid",
    "Kind",
    "Leaf",
    "Level",
    "Place",
    "Refusal",
    "Refused",
    "Said",
    "Settings",
    "Speaker",
    "TextError",
    "Trace",
    "admit",
    "conflicts",
    "evaluate",
    "minified",
    "size",
]
