"""`backstay local faults`: let calls go wrong, see which do, and stop it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from backstay_local.faults.rules import Kind

from .door import ask, data_option, find
from .trouble import Trouble

_USUAL = {"account": None, "region": None, "rate": 1.0, "skip": 0, "count": None, "seed": 0, "seconds": 0.0}


@click.group()
def faults() -> None:
    """Let calls to the embedded AWS go wrong, to see how a client bears it."""


@faults.command()
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.option("--on", "operations", default="backup:*", help="Which calls: service:Operation, with * and ?.")
@click.option("--account", help="Only calls in this account.")
@click.option("--region", help="Only calls to this Region.")
@click.option("--rate", type=float, default=1.0, help="The share of these calls that goes wrong (default: 1).")
@click.option("--skip", type=int, default=0, help="Let so many of these calls go well first.")
@click.option("--count", type=int, help="Stop after so many faults.")
@click.option("--seed", type=int, default=0, help="Draws which calls go wrong; the same seed draws the same.")
@click.option("--seconds", type=float, default=0.0, help="How long, for slow and list-lag.")
@data_option
def add(data: Path | None, **members: Any) -> None:
    """Let calls go wrong from now on, in the way of KIND; prints the id of the fault."""
    click.echo(ask(find(data), "POST", "faults", members)["id"])


@faults.command("list")
@data_option
def list_(data: Path | None) -> None:
    """Print the faults that are in force, and how often each has struck."""
    for fault in ask(find(data), "GET", "faults")["faults"]:
        more = [f"{name}={fault[name]}" for name, usual in _USUAL.items() if fault[name] != usual]
        often = f"struck {fault['struck']} of {fault['matched']}"
        click.echo(" ".join([fault["id"], fault["kind"], fault["operations"], *more, f"({often})"]))


@faults.command()
@click.argument("fault_id", required=False)
@data_option
def clear(fault_id: str | None, data: Path | None) -> None:
    """End the fault FAULT_ID, or all of them."""
    cleared = ask(find(data), "DELETE", "faults", {"id": fault_id})["cleared"]
    if fault_id and not cleared:
        raise Trouble(f"there is no fault {fault_id!r}")
    click.echo(f"ended {cleared}", err=True)
