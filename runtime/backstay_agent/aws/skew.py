"""What is said when this machine's clock is wrong. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

CODE = "ClockSkew"
_ADVICE = "set this machine's clock (for example `timedatectl set-ntp true`, or chrony) and run again"


def sentence(skew: float | None, wall: float) -> str:
    """One sentence: by how much, both times, what to do. `skew`: seconds ahead of AWS; `wall`: this machine's time."""
    if skew is None or abs(skew) < 1:
        return (
            f"AWS refuses the signature because of the time in it, so that the clock here seems to be wrong; {_ADVICE}"
        )
    here = datetime.fromtimestamp(wall, UTC)
    there = datetime.fromtimestamp(wall - skew, UTC)
    way = "ahead of" if skew > 0 else "behind"
    return (
        f"the clock of this machine is {_told(abs(skew))} {way} AWS's ({here:%Y-%m-%d %H:%M:%S} here, "
        f"{there:%Y-%m-%d %H:%M:%S} UTC there), and AWS refuses what is signed more than 5 minutes off; {_ADVICE}"
    )


def _told(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds < 172800 else f"{seconds / 86400:.0f} days"
