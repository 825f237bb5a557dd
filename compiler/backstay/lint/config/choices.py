"""What the configuration makes of findings: which are told, and how loudly; what it takes away is counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from backstay.lint.config.complaint import complaint
from backstay.lint.config.path_pattern import matches
from backstay.lint.config.read import Layer, Level, Named, Settings
from backstay.lint.registry import UnknownRuleError, named, rule, rules
from backstay.source import disk
from backstay_contract.findings import SEVERITIES, Finding, Severity, Span


@dataclass(frozen=True, slots=True)
class Choice:
    """A layer of the settings with rules by their codes. `path` None: for all files."""

    path: str | None
    select: frozenset[str] | None
    ignore: frozenset[str]
    severity: Mapping[str, Level]

    def fate(self, code: str, told: bool, severity: Severity) -> tuple[bool, Severity]:
        """Whether a rule is told, and how loudly, after layers that said `told` and `severity`."""
        level = self.severity.get(code)
        if self.select is not None:
            told = code in self.select
        if level == "off" or code in self.ignore:
            return False, severity
        return (told, severity) if level is None else (told or self.select is None, level)


@dataclass(frozen=True, slots=True)
class Choices:
    """All layers, the last of which has the last word; their paths are relative to the folder."""

    folder: Path
    layers: tuple[Choice, ...]

    def fate(self, finding: Finding) -> tuple[bool, Severity]:
        """Whether a rule's finding is told, and how loudly."""
        told, severity = True, finding.severity
        inside = _inside(self.folder, finding.span)
        for layer in self.layers:
            if layer.path is None or (inside is not None and matches(layer.path, inside)):
                told, severity = layer.fate(finding.code, told, severity)
        return told, severity


@dataclass(frozen=True, slots=True)
class Chosen:
    """The findings that remain, as they are told now, and how many were lowered and switched off."""

    findings: tuple[Finding, ...]
    lowered: int = 0
    switched_off: int = 0


def choices(settings: Settings) -> tuple[Choices, tuple[Finding, ...]]:
    """The settings with their rules looked up, and complaints about names that no rule has."""
    wrong: list[Finding] = []
    layers = tuple(_choice(layer, wrong) for layer in settings.layers)
    return Choices(disk.real(settings.file.parent), layers), tuple(wrong)


def choose(choices: Choices, findings: Iterable[Finding], *, asked: Collection[str] = ()) -> Chosen:
    """Apply the choices to the findings of rules; what stands in the way of all rules is never touched.

    `asked`: codes of rules that somebody asked for by name, which no configuration switches off.
    """
    known = rules()
    kept: list[Finding] = []
    lowered = off = 0
    for finding in findings:
        told, severity = choices.fate(finding) if finding.code in known else (True, finding.severity)
        if not told and finding.code not in asked:
            off += 1
            continue
        lowered += SEVERITIES.index(severity) > SEVERITIES.index(finding.severity)
        kept.append(finding if severity == finding.severity else replace(finding, severity=severity))
    return Chosen(tuple(kept), lowered, off)


def _choice(layer: Layer, wrong: list[Finding]) -> Choice:
    select = None if layer.select is None else _codes(layer.select, wrong)
    path = None if layer.path is None else layer.path.text
    return Choice(path, select, _codes(layer.ignore, wrong), _levels(layer.severity, wrong))


def _codes(names: Iterable[Named], wrong: list[Finding]) -> frozenset[str]:
    """The codes of rules given by name, code or family."""
    codes: set[str] = set()
    for one in names:
        try:
            codes.update(found.CODE for found in named(one.text))
        except UnknownRuleError as error:
            wrong.append(_unknown(one, error))
    return frozenset(codes)


def _levels(given: Iterable[tuple[Named, Level]], wrong: list[Finding]) -> Mapping[str, Level]:
    levels: dict[str, Level] = {}
    for one, level in given:
        try:
            code = rule(one.text).CODE
        except UnknownRuleError as error:
            wrong.append(_no_single_rule(one) or _unknown(one, error))
            continue
        if levels.setdefault(code, level) != level:
            said = f"`{one.text}` is given two severities, once by name and once by code"
            wrong.append(complaint("wrong-setting", said, one.span, help="leave one of them out"))
    return levels


def _no_single_rule(one: Named) -> Finding | None:
    """The complaint about a family where a rule should stand."""
    try:
        count = len(named(one.text))
    except UnknownRuleError:
        return None
    said = f"`{one.text}` is a family of {count} rules; severities are given to each rule"
    help_ = f'to switch the family off, say `ignore = ["{one.text}"]`'
    return complaint("unknown-rule", said, one.span, help=help_)


def _unknown(one: Named, error: UnknownRuleError) -> Finding:
    help_ = f"did you mean `{error.nearest}`?" if error.nearest else "`backstay rules` lists them"
    return complaint("unknown-rule", f"no rule is called `{one.text}`", one.span, help=help_)


def _inside(folder: Path, span: Span | None) -> str | None:
    """A finding's file as the patterns see it; None if it has none or lies elsewhere."""
    if span is None:
        return None
    path = Path(span.path)
    full = disk.real(path.parent) / path.name
    return full.relative_to(folder).as_posix() if full.is_relative_to(folder) else None
