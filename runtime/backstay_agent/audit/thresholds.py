"""What of an audit's findings makes the command fail: controls, severities, and how many are let pass. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from backstay_contract.findings import SEVERITIES, AuditReport


class ThresholdError(ValueError):
    """Something that names neither a control nor a severity, or a limit that is none."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many findings of a control are let pass: a number, or a share of all that it was put to."""

    number: int = 0
    share: float | None = None

    def holds(self, failed: int, judged: int) -> bool:
        """Whether that many failures among all that could be judged are let pass."""
        return failed <= (self.number if self.share is None else self.share * judged)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Names of controls and severities that count (none: all), and the limit that holds for each control."""

    fail_on: tuple[str, ...] = ()
    limit: Limit = Limit()


def read(known: Sequence[str], fail_on: Sequence[str], at_most: str | None) -> Thresholds:
    """Thresholds out of options; raises ThresholdError with the nearest name."""
    folded = {name.casefold(): name for name in (*known, *SEVERITIES)}
    names = []
    for one in fail_on:
        if one.casefold() not in folded:
            near = get_close_matches(one.casefold(), folded, n=1, cutoff=0.0)
            raise ThresholdError(f"{one!r} is neither a control nor a severity; the nearest is {folded[near[0]]}")
        names.append(folded[one.casefold()])
    return Thresholds(tuple(names), _limit(at_most) if at_most is not None else Limit())


def _limit(text: str) -> Limit:
    digits = text.removesuffix("%")
    try:
        value = float(digits) if text.endswith("%") else int(digits)
    except ValueError:
        value = -1
    if value < 0 or (text.endswith("%") and not value <= 100):
        raise ThresholdError(f"{text!r} is no limit: say a number, such as 20, or a share, such as 5%")
    return Limit(share=value / 100) if text.endswith("%") else Limit(int(value))


def broken(report: AuditReport, thresholds: Thresholds) -> tuple[str, ...]:
    """The controls of which more fail than is let pass, in the order of the report."""
    failed = Counter(one.control for one in report.findings if one.status == "NON_COMPLIANT")
    judged = Counter(one.control for one in report.findings if one.status != "UNKNOWN")
    severities = {one.control: one.severity or "error" for one in report.findings}
    return tuple(
        control
        for control in failed
        if not thresholds.fail_on or control in thresholds.fail_on or severities[control] in thresholds.fail_on
        if not thresholds.limit.holds(failed[control], judged[control])
    )
