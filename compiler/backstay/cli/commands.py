"""Which commands there are: this side's own from a table, the runtime's by entry point, so no side imports another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

GROUP = "backstay.commands"


@dataclass(frozen=True)
class Entry:
    """A command by name: the `module:object` to load when it is called for, and its line in the help."""

    target: str
    summary: str

    def load(self) -> Any:
        """The click command itself."""
        module, _, name = self.target.partition(":")
        return getattr(import_module(module), name)


# In the order in which people meet them.
OWN: Mapping[str, Entry] = {
    "init": Entry("backstay.cli.init:init", "write a starter: policies, org.yaml, CI workflow, pre-commit hook"),
    "lint": Entry("backstay.cli.lint:lint", "check policies and configurations"),
    "rules": Entry("backstay.cli.rules:rules", "show the rules that lint checks"),
    "catalog": Entry("backstay.cli.catalog:catalog", "show what AWS Backup can do, with sources"),
    "compile": Entry("backstay.cli.compile:compile", "write the build: what every account gets"),
    "explain": Entry("backstay.cli.explain:explain", "say why something is, or is not, protected"),
    "prove": Entry("backstay.cli.prove:prove", "prove or refute what the policies promise"),
    "diff": Entry("backstay.cli.diff:diff", "say what a change of policies means"),
    "forecast": Entry("backstay.cli.forecast:forecast", "say what policies come to: points, storage, cost, gaps"),
    "coverage": Entry("backstay.cli.coverage:coverage", "say what of the policies nothing reaches"),
    "import": Entry("backstay.cli.import_:import_", "turn existing backup configuration into policy source"),
    "effective": Entry("backstay.cli.effective:effective", "give an account's Organizations backup policy"),
    "lsp": Entry("backstay.editor.command:lsp", "the language server: findings, hover and fixes in editors"),
    "completion": Entry("backstay.cli.completion:completion", "print what a shell needs to complete commands"),
}


@cache
def commands() -> Mapping[str, Entry]:
    """All commands, this side's first. A name of this side's is not taken by an entry point."""
    from importlib.metadata import entry_points

    joined = {
        point.name: Entry(point.value, _summary(point.module, point.name))
        for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)
    }
    return {**OWN, **{name: entry for name, entry in joined.items() if name not in OWN}}


def find(name: str) -> Entry | None:
    """A command by name. This side's own are found without a look at what else is installed, which takes time."""
    return OWN.get(name) or commands().get(name)


def _summary(module: str, name: str) -> str:
    """The command's line in the help, from `SUMMARIES` of the package that holds the commands: a light module."""
    package = module.rpartition(".")[0]
    try:
        summaries = getattr(import_module(package), "SUMMARIES", {}) if package else {}
    except ImportError:
        return "(not installed completely)"
    return str(summaries.get(name, ""))
