"""Which invariants with a name are asked: those of the options, and those of the house's configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstay.cli.configured import stop

if TYPE_CHECKING:
    import datetime

    from backstay.invariants.invariant import Invariant
    from backstay.pipeline import Checked
    from backstay.prove.answer import Answer


def by_options(names: Sequence[str]) -> list[Invariant]:
    """The invariants of names, of one side each. Raises `UsageError`."""
    if not names:
        return []
    from backstay.invariants.registry import INVARIANTS, named

    found = []
    for name in dict.fromkeys(names):
        one = named(name)
        if one is None:
            known = ", ".join(one.name for one in INVARIANTS)
            raise click.UsageError(f"there is no invariant {name!r}; there are: {known}")
        if one.answer is None:
            raise click.UsageError(f"{name} is about two sides: use `backstay diff OLD NEW --fail-on {name}`")
        found.append(one)
    return found


def by_configuration(paths: Sequence[Path], config: Path | None, *, no_config: bool) -> list[Invariant]:
    """Those that the configuration of paths asks of one side; one about two sides `diff` answers unasked.

    Exits with 2 if the configuration is wrong.
    """
    if config is not None and no_config:
        raise click.UsageError("--config and --no-config contradict each other")
    from backstay.lint.config.find import find

    file = config or (None if no_config else find(paths))
    if file is None:
        return []
    from backstay.invariants.registry import INVARIANTS, named
    from backstay.lint.config.complaint import complaint, nearest
    from backstay.lint.config.read import read

    settings = read(file)
    known = [one.name for one in INVARIANTS]
    unknown = [
        complaint(
            "unknown-invariant",
            f"there is no invariant `{one.text}`",
            one.span,
            help=nearest(one.text, known, f"there are {', '.join(f'`{name}`' for name in known)}"),
        )
        for one in settings.invariants
        if one.text not in known
    ]
    if settings.findings or unknown:
        stop([*settings.findings, *unknown])
    found = [named(name) for name in dict.fromkeys(one.text for one in settings.invariants)]
    return [one for one in found if one is not None and one.answer is not None]


def answered(checked: Checked, asked: Sequence[Invariant], on: datetime.date) -> Iterator[Answer]:
    """The answers of policies that have a model and an organization."""
    if not asked:
        return
    from backstay.invariants.invariant import Policies

    assert checked.model is not None
    assert checked.org is not None
    assert checked.org.organization is not None
    policies = Policies(checked.model, checked.loaded, checked.org.organization)
    for one in asked:
        assert one.answer is not None
        yield one.answer(policies, on)
