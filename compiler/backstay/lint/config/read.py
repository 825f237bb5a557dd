"""Reads a configuration file into settings that remember their lines; what it says wrongly is a complaint there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeGuard, get_args

from backstay.lint.config.complaint import complaint, nearest
from backstay.lint.config.find import SHARED
from backstay.source import shown
from backstay.source.text import DataPath, Text
from backstay.source.toml_text import read_toml
from backstay_contract.findings import Finding, Severity, Span

Level = Severity | Literal["off"]
LEVELS: Final[tuple[Level, ...]] = (*get_args(Severity), "off")
ABOUT_RULES: Final = ("select", "ignore", "severity")
EVERYWHERE: Final = (*ABOUT_RULES, "per-path", "rules", "baseline", "prove")
"""The keys of the table; those of `per-path` are `path` and the ones about rules."""
PROVING: Final = ("invariants",)
"""The keys of the table `prove`."""


@dataclass(frozen=True, slots=True)
class Named:
    """A text of the file with its place: a rule's name, a path."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Layer:
    """What the file says about rules, in the files that `path` means (None: in all)."""

    path: Named | None
    select: tuple[Named, ...] | None = None
    ignore: tuple[Named, ...] = ()
    severity: tuple[tuple[Named, Level], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole file. Folders and files are relative to its own folder; names are not looked up yet."""

    file: Path
    layers: tuple[Layer, ...] = ()
    rules: tuple[Named, ...] = ()
    baseline: Named | None = None
    findings: tuple[Finding, ...] = ()
    invariants: tuple[Named, ...] = ()


def read(file: Path) -> Settings:
    """Read a configuration file. Never raises for what it says."""
    path = shown(file)
    start = Span(path, 1, 1, 1, 1)
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        reason = "it is not UTF-8" if isinstance(wrong, UnicodeDecodeError) else wrong.strerror or str(wrong)
        said = f"the configuration cannot be read: {reason}"
        return Settings(file, findings=(complaint("broken-configuration", said, start),))
    found = read_toml(path, text)
    if found.faults:
        broken = (complaint("broken-configuration", one.message, one.span) for one in found.faults)
        return Settings(file, findings=tuple(broken))
    at: DataPath = ("tool", "backstay") if file.name == SHARED else ()
    return _Reader(found).settings(file, at)


@dataclass
class _Reader:
    """Takes the values out, and gathers complaints."""

    text: Text
    findings: list[Finding] = field(default_factory=list)

    def settings(self, file: Path, at: DataPath) -> Settings:
        table = self.text.data
        for name in at:
            table = table.get(name, {}) if isinstance(table, dict) else table
        if not isinstance(table, dict):
            self._wrong(at, "a table", table)
            return Settings(file, findings=tuple(self.findings))
        self._known(table, at, EVERYWHERE)
        layers = [self._layer(table, at, None), *self._per_path(table, at)]
        rules = self._texts(table, at, "rules") or ()
        baseline = self._text(table, at, "baseline")
        invariants = self._invariants(table, at)
        return Settings(file, tuple(layers), rules, baseline, tuple(self.findings), invariants)

    def _invariants(self, table: Mapping[str, Any], at: DataPath) -> tuple[Named, ...]:
        """What `[prove]` says is asked beside what the policies promise."""
        here, given = (*at, "prove"), table.get("prove", {})
        if not isinstance(given, dict):
            self._wrong(here, 'a table: `[prove]`, with `invariants = ["3-2-1-1-0"]`', given)
            return ()
        self._known(given, here, PROVING)
        return self._texts(given, here, "invariants") or ()

    def _known(self, table: Mapping[str, Any], at: DataPath, known: Sequence[str]) -> None:
        for key in table:
            if key not in known:
                help_ = nearest(key, known, f"there are {', '.join(f'`{one}`' for one in known)}")
                if key == "invariants" and known is EVERYWHERE:
                    help_ = "it stands in the table `prove`"
                if key == "lint" and not at:
                    help_ = "the settings stand at the top of `backstay.toml`, in no table"
                said = f"there is no setting `{key}`"
                self.findings.append(complaint("unknown-setting", said, self.text.key((*at, key)), help=help_))

    def _per_path(self, table: Mapping[str, Any], at: DataPath) -> list[Layer]:
        entries = table.get("per-path", [])
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            self._wrong((*at, "per-path"), "a list of tables: `[[…per-path]]`, each with `path`", entries)
            return []
        layers = []
        for number, entry in enumerate(entries):
            here = (*at, "per-path", number)
            self._known(entry, here, ("path", *ABOUT_RULES))
            path = self._text(entry, here, "path")
            layer = self._layer(entry, here, path)
            if path is not None:
                layers.append(layer)
            elif "path" not in entry:
                said = "a table of `per-path` says for which files it is"
                help_ = 'add `path = "policies/legacy/**"`'
                self.findings.append(complaint("wrong-setting", said, self.text.place(here), help=help_))
        return layers

    def _layer(self, table: Mapping[str, Any], at: DataPath, path: Named | None) -> Layer:
        select = self._texts(table, at, "select")
        if select == () and table["select"] == []:
            help_ = "leave it out to run all rules"
            said = "`select` names no rule"
            self.findings.append(complaint("wrong-setting", said, self.text.place((*at, "select")), help=help_))
        return Layer(path, select, self._texts(table, at, "ignore") or (), self._levels(table, at))

    def _levels(self, table: Mapping[str, Any], at: DataPath) -> tuple[tuple[Named, Level], ...]:
        given = table.get("severity", {})
        here = (*at, "severity")
        if not isinstance(given, dict):
            self._wrong(here, 'a table, such as `{"kept-forever" = "error"}`', given)
            return ()
        levels = []
        for name, level in given.items():
            if _is_level(level):
                levels.append((Named(name, self.text.key((*here, name))), level))
            else:
                wanted = f"one of {', '.join(f'`{one}`' for one in LEVELS)}"
                self._wrong((*here, name), wanted, level, what=f"the severity of `{name}`")
        return tuple(levels)

    def _texts(self, table: Mapping[str, Any], at: DataPath, key: str) -> tuple[Named, ...] | None:
        """A list of texts; None if it is not there."""
        if key not in table:
            return None
        here = (*at, key)
        if not isinstance(table[key], list):
            self._wrong(here, "a list of texts", table[key])
            return ()
        texts = []
        for number, one in enumerate(table[key]):
            if isinstance(one, str) and one:
                texts.append(Named(one, self.text.place((*here, number))))
            else:
                self._wrong((*here, number), "a text", one)
        return tuple(texts)

    def _text(self, table: Mapping[str, Any], at: DataPath, key: str) -> Named | None:
        value = table.get(key)
        if isinstance(value, str) and value:
            return Named(value, self.text.place((*at, key)))
        if key in table:
            self._wrong((*at, key), "a text", value)
        return None

    def _wrong(self, at: DataPath, wanted: str, value: object, *, what: str = "") -> None:
        inside = "an entry of " if at and isinstance(at[-1], int) else ""
        said = f"{what or f'{inside}`{_name(at)}`'} has to be {wanted}"
        self.findings.append(complaint("wrong-setting", said, self.text.place(at), label=f"this is {_kind(value)}"))


def _name(at: DataPath) -> str:
    """The nearest key's name."""
    return next((one for one in reversed(at) if isinstance(one, str)), "")


def _is_level(value: object) -> TypeGuard[Level]:
    return value in LEVELS


def _kind(value: object) -> str:
    """What a value is, in words."""
    match value:
        case bool():
            return f"`{value}`".lower()
        case "":
            return "an empty text"
        case str():
            return f"`{value}`"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or a time"
