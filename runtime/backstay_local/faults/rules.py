"""A rule: which calls go wrong, how, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any


class Kind(Enum):
    """What can go wrong. The value is the word for it on the command line and at the admin door."""

    THROTTLE = "throttle"
    """Refused as one of too many, before any work."""
    ERROR_BEFORE = "error-before"
    """An internal failure before any work."""
    ERROR_AFTER = "error-after"
    """An internal failure after the work is done and stored."""
    LOST = "lost"
    """The connection is cut after the work is done and stored: nobody hears of it."""
    SLOW = "slow"
    """The work is done at once, its answer comes `seconds` of real time later."""
    LIST_LAG = "list-lag"
    """Lists of AWS Backup do not show yet what was made in the last `seconds` of its clock."""
    EXPIRED = "expired"
    """The caller's credentials have expired."""
    SKEWED = "skewed"
    """The time in the caller's signature is too far from the service's."""
    UNAVAILABLE = "unavailable"
    """The service is down and says so (503)."""
    UNREACHABLE = "unreachable"
    """Nobody answers: the connection is cut before any work."""


TIMED = frozenset({Kind.SLOW, Kind.LIST_LAG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Calls that `operations`, `account` and `region` all match go wrong, as often as `rate`, `skip`, `count` say."""

    kind: Kind
    operations: str = "backup:*"
    """`service:Operation`, each with `*` and `?`; the service is boto3's name of it or the one that is signed for."""
    account: str | None = None
    """The account that the caller acts in; None: every one."""
    region: str | None = None
    """The Region that is asked; None: every one."""
    rate: float = 1.0
    """The share of matching calls that go wrong: 0 to 1, drawn by `seed`."""
    skip: int = 0
    """So many matching calls go well first."""
    count: int | None = None
    """So many calls go wrong, then no more; None: without end."""
    seed: int = 0
    """The same seed draws the same calls, counted in the order in which they come."""
    seconds: float = 0.0
    """How long, for what is slow or lags."""

    def __post_init__(self) -> None:
        problem = _problem(self)
        if problem is not None:
            raise ValueError(problem)

    @property
    def service(self) -> str:
        """The pattern of the service."""
        return self.operations.partition(":")[0]

    @property
    def operation(self) -> str:
        """The pattern of the operation."""
        return self.operations.partition(":")[2] or "*"

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON members."""
        return {**asdict(self), "kind": self.kind.value}

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Rule:
        """The rule of JSON members; `ValueError` says what is wrong with them."""
        unknown = sorted(set(members) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"a fault has no {', '.join(unknown)}")
        given = {name: value for name, value in members.items() if value is not None}
        return cls(**{**given, "kind": kind_of(given.get("kind", ""))})


def kind_of(word: str) -> Kind:
    """The kind that a word means; `ValueError` for others."""
    try:
        return Kind(word)
    except ValueError:
        raise ValueError(f"there is no fault {word!r}; there are {', '.join(kind.value for kind in Kind)}") from None


def _problem(rule: Rule) -> str | None:
    """What is wrong with a rule, as a sentence."""
    if not rule.service:
        return f"{rule.operations!r} names no service; backup:StartBackupJob and backup:* do"
    if not 0 < rule.rate <= 1:
        return f"a rate is above 0 and at most 1, not {rule.rate}"
    if rule.skip < 0 or (rule.count is not None and rule.count < 1):
        return "skip is at least 0 and count at least 1"
    if (rule.kind in TIMED) != (rule.seconds > 0):
        return f"{' and '.join(sorted(kind.value for kind in TIMED))} need seconds above 0, the other faults take none"
    if rule.kind is Kind.LIST_LAG and rule.service != "backup":
        return "only the lists of AWS Backup can lag: operations must begin with backup:"
    return None
