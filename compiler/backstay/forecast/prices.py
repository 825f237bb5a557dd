"""What a GB costs: the published prices, or those of a file in the same form."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from backstay_aws import catalog

TIERS = ("warm", "cold", "continuous", "transfer")


class PricesError(ValueError):
    """A file of prices that cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars by `TYPE/TIER`, as in prices.toml; `date` is the latest of the rows, `said` where they come from."""

    usd: Mapping[str, float]
    date: str
    said: str

    def of(self, kind: str, tier: str) -> float:
        """What a GB of a type costs in a tier: a month, or once for a transfer."""
        tiers = ("continuous", "warm") if tier == "continuous" else (tier,)
        names = [f"{one}/{each}" for one in (kind, "*") for each in tiers]
        return next((self.usd[name] for name in names if name in self.usd), 0.0)


@cache
def published() -> Prices:
    """The prices of the catalogue."""
    rows = catalog.prices()
    first, latest = min(row.date for row in rows), max(row.date for row in rows)
    doubt = " (some by one source only)" if any(row.certain != "yes" for row in rows) else ""
    said = f"prices of us-east-1, taken for every Region, read {first} to {latest}{doubt}"
    return Prices({row.name: row.usd for row in rows}, latest, said)


def read(path: Path) -> Prices:
    """The prices of a file, TOML (`[[price]]`) or JSON (a list of rows), over the published ones.

    Raises `PricesError`.
    """
    rows = _rows(path)
    usd = dict(published().usd)
    for number, row in enumerate(rows, 1):
        name, price = row.get("name"), row.get("usd")
        if not isinstance(name, str) or not _is_name(name):
            raise PricesError(f"{path}: price {number} needs a `name` such as `RDS/warm`; tiers: {', '.join(TIERS)}")
        if isinstance(price, bool) or not isinstance(price, int | float) or not math.isfinite(price) or price < 0:
            raise PricesError(f"{path}: price {number} ({name}) needs `usd`, a number from 0 on")
        usd[name] = float(price)
    dates = [row["date"] for row in rows if isinstance(row.get("date"), str)]
    latest = max(dates, default="")
    told = f" as of {latest}" if latest else ""
    return Prices(usd, latest, f"prices of {path.name}{told}")


def _is_name(name: str) -> bool:
    kind, _, tier = name.rpartition("/")
    return tier in TIERS and (kind == "*" or catalog.resource_type(kind) is not None)


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "it is not UTF-8 text"
        raise PricesError(f"cannot read the prices {path}: {reason}") from None
    try:
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise PricesError(f"{path}: this is not {'JSON' if path.suffix == '.json' else 'TOML'} ({wrong})") from None
    rows = found.get("price") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise PricesError(f"{path}: there are no prices: write a list of `[[price]]` with `name` and `usd`")
    return rows
