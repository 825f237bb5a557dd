"""Loads rules of the house as ordinary Python, and checks that they can stand beside Backstay's own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

from backstay.lint.registry import own
from backstay.lint.rule import Rule
from backstay.lint.user_rules.complaint import complaint
from backstay.lint.user_rules.guard import described, guard, line_of
from backstay.lint.user_rules.members import faults, is_rule
from backstay.lint.user_rules.written import Written, files, written
from backstay.source import disk, shown
from backstay_contract.findings import Finding, Span

STAGES: Final = frozenset({"LOD", "ORG", "RES", "IMP", "EFF", "CFN", "TFM", "BPL", "CFG", "USR"})
"""Letters of problems that are no rule's."""
_PACKAGE: Final = "backstay_user_rules"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of rules, and where a file names it (None: somebody named it)."""

    path: Path
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules by code, or what is wrong with them."""

    rules: tuple[type[Rule], ...]
    findings: tuple[Finding, ...]


def load(folders: Sequence[Folder]) -> Loaded:
    """Run the files of folders, each once, and take their rules. Never raises for what is in them."""
    found = _Found()
    importlib.invalidate_caches()
    once: dict[Path, Folder] = {}
    for folder in folders:
        once.setdefault(disk.real(folder.path), folder)
    for folder in once.values():
        found.take(folder)
    return Loaded(tuple(sorted(found.rules, key=lambda rule: rule.CODE)), tuple(found.findings))


@dataclass
class _Found:
    """What the folders have given so far: rules by code and name, and complaints."""

    rules: dict[type[Rule], Written] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def take(self, folder: Folder) -> None:
        missing = disk.missing(folder.path)
        texts = [written(file) for file in files(folder.path)] if missing is None else []
        if not texts:
            why = missing or ("it holds no Python file" if disk.is_folder(folder.path) else "it is no folder")
            said = f"`{shown(folder.path)}` holds no rules: {why}"
            self.findings.append(complaint("no-rules", said, folder.span))
            return
        known = len(self.rules) + len(self.findings)
        for text, module in self._modules(folder.path, texts):
            for value in vars(module).values():
                if is_rule(value, module.__name__):
                    self._rule(value, text)
        if known == len(self.rules) + len(self.findings):
            said = f"`{shown(folder.path)}` holds no rules: no class in it is a `Rule`"
            self.findings.append(complaint("no-rules", said, folder.span or texts[0].line(1)))

    def _modules(self, folder: Path, texts: Sequence[Written]) -> Iterator[tuple[Written, ModuleType]]:
        try:
            package = _package(folder)
        except (Exception, SystemExit) as error:
            self._unimportable(error, written(folder / "__init__.py"))
            return
        for text in texts:
            try:
                yield text, _module(package, text.file)
            except (Exception, SystemExit) as error:
                self._unimportable(error, text)

    def _unimportable(self, error: BaseException, text: Written) -> None:
        help_ = None
        if isinstance(error, ModuleNotFoundError):
            help_ = "install it beside Backstay; a file of the same folder is imported by `from .name import …`"
        said = f"the rules in `{text.source.path}` cannot be imported: {described(error)}"
        place = line_of(error, text.file.parent) or text.line(1)
        self.findings.append(complaint("unimportable-rules", said, place, help=help_))

    def _rule(self, rule: type[Rule], text: Written) -> None:
        wrong = list(faults(rule))
        for member, said, help_ in wrong:
            place = text.member(rule.__name__, member) if member else text.rule(rule.__name__)
            self.findings.append(complaint("incomplete-rule", said, place, help=help_))
        if wrong or not self._new(rule, text):
            return
        guard(rule, text)
        self.rules[rule] = text

    def _new(self, rule: type[Rule], text: Written) -> bool:
        """Whether nobody else has the code, its letters, and the name; says so if not."""
        reserved = {one.CODE[:3] for one in own()} | STAGES
        others = (*own(), *self.rules)
        before = len(self.findings)
        if rule.CODE[:3] in reserved:
            said = f"the letters `{rule.CODE[:3]}` of `{rule.CODE}` are Backstay's own"
            self._taken(said, text.member(rule.__name__, "CODE"), "take three other letters, such as the house's name")
        elif (other := next((one for one in others if one.CODE == rule.CODE), None)) is not None:
            said = f"the code `{rule.CODE}` is taken by `{other.NAME}`{self._place(other)}"
            self._taken(said, text.member(rule.__name__, "CODE"))
        if (other := next((one for one in others if one.NAME == rule.NAME), None)) is not None:
            said = f"the name `{rule.NAME}` is taken by `{other.CODE}`{self._place(other)}"
            self._taken(said, text.member(rule.__name__, "NAME"))
        return before == len(self.findings)

    def _taken(self, said: str, place: Span, help_: str | None = None) -> None:
        self.findings.append(complaint("taken-rule-name", said, place, help=help_))

    def _place(self, rule: type[Rule]) -> str:
        text = self.rules.get(rule)
        return "" if text is None else f" in {text.rule(rule.__name__)}"


def _package(folder: Path) -> ModuleType:
    """A package for the files of a folder, so that they can import each other; made anew each time."""
    full = disk.real(folder)
    above = f"{_PACKAGE}_{sha256(str(full).encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
    name = f"{above}.{full.name.replace('.', '_')}"
    for old in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[old]
    init = full / "__init__.py"
    if disk.is_file(init):
        return _run(spec_from_file_location(name, init, submodule_search_locations=[str(full)]))
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(full)]
    return _run(spec)


def _module(package: ModuleType, file: Path) -> ModuleType:
    """A file of the package, run unless another one has imported it already."""
    name = f"{package.__name__}.{file.stem.replace('.', '_')}"
    return sys.modules.get(name) or _run(spec_from_file_location(name, disk.real(file)))


def _run(spec: ModuleSpec | None) -> ModuleType:
    if spec is None:
        raise ImportError("it is no file of Python")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    if spec.loader is not None:
        try:
            spec.loader.exec_module(module)
        except BaseException:
            sys.modules.pop(spec.name, None)
            raise
    return module
