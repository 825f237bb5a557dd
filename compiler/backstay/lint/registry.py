"""Finds the rules: one class in each file under `rules/<family>/`, and those of the house that are beside them."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from types import ModuleType

from backstay.lint import rules as package
from backstay.lint.rule import Rule
from backstay_formats.escape import terminal
from backstay_formats.facts import RuleFacts


class UnknownRuleError(ValueError):
    """A name or code that no rule has; `nearest` is what was perhaps meant."""

    def __init__(self, name: str, nearest: str | None) -> None:
        super().__init__(f"no rule is called `{terminal(name)}`" + (f"; did you mean `{nearest}`?" if nearest else ""))
        self.name = name
        self.nearest = nearest


_BESIDE: ContextVar[tuple[type[Rule], ...]] = ContextVar("rules of the house", default=())
_HEARD_OF: ContextVar[frozenset[str]] = ContextVar("names of rules that are not loaded", default=frozenset())


@contextmanager
def beside(more: Sequence[type[Rule]] = (), heard_of: Iterable[str] = ()) -> Iterator[None]:
    """Have more rules beside Backstay's own: in `every()`, by name, to be chosen. Their codes and names are new.

    `heard_of`: codes and names of rules that are not loaded, so that nobody calls a waiver of them a slip.
    """
    rules_before = _BESIDE.set((*_BESIDE.get(), *more))
    names_before = _HEARD_OF.set(_HEARD_OF.get().union(heard_of))
    try:
        yield
    finally:
        _HEARD_OF.reset(names_before)
        _BESIDE.reset(rules_before)


@cache
def own() -> tuple[type[Rule], ...]:
    """Backstay's own rules, by code."""
    found = [rule for module in _modules() for rule in _rules_of(module)]
    return tuple(sorted(found, key=lambda rule: rule.CODE))


def every() -> tuple[type[Rule], ...]:
    """All rules, by code."""
    more = _BESIDE.get()
    return tuple(sorted((*own(), *more), key=lambda rule: rule.CODE)) if more else own()


def rules() -> Mapping[str, type[Rule]]:
    """All rules, each under its code and under its name."""
    return _by_key(every())


def known() -> frozenset[str]:
    """The codes and names that a waiver or a comment may have in it."""
    return _HEARD_OF.get().union(rules())


@lru_cache(maxsize=4)
def _by_key(some: tuple[type[Rule], ...]) -> Mapping[str, type[Rule]]:
    return {key: rule for rule in some for key in (rule.CODE, rule.NAME)}


def rule(name: str) -> type[Rule]:
    """A rule by name or code; raises `UnknownRuleError`."""
    found = rules().get(name) or rules().get(name.upper())
    if found is None:
        close = difflib.get_close_matches(name, rules(), 1, 0.5)
        raise UnknownRuleError(name, close[0] if close else None)
    return found


def chosen(select: Sequence[str] = (), ignore: Sequence[str] = ()) -> tuple[type[Rule], ...]:
    """The rules to run: those of `select` (all, if empty) without those of `ignore`.

    Either names rules by name, code or family (`LIF` or `lifecycle`). Raises `UnknownRuleError`.
    """
    wanted = {one for name in select for one in named(name)} if select else set(every())
    unwanted = {one for name in ignore for one in named(name)}
    return tuple(one for one in every() if one in wanted and one not in unwanted)


def family(one: type[Rule]) -> str:
    """The family of a rule: the folder that it stands in."""
    *_, folder, _ = ("", *one.__module__.split("."))
    return folder


def facts(one: type[Rule]) -> RuleFacts:
    """A rule as catalogues and formats tell it."""
    uri = next((source.uri for source in one.SOURCES if source.uri), None)
    references = tuple(map(str, one.SOURCES))
    return RuleFacts(one.CODE, one.NAME, one.SEVERITY, family(one), one.SUMMARY, one.WHY, references, uri)


def named(name: str) -> tuple[type[Rule], ...]:
    """The rules that a name, a code or a family means; raises `UnknownRuleError`."""
    of_family = tuple(one for one in every() if name.lower() in (one.CODE[:3].lower(), family(one).lower()))
    return of_family or (rule(name),)


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.ispkg:
            yield importlib.import_module(found.name)


def _rules_of(module: ModuleType) -> Iterator[type[Rule]]:
    for value in vars(module).values():
        if inspect.isclass(value) and issubclass(value, Rule) and value.__module__ == module.__name__:
            yield value


def docs(name: str) -> str | None:
    """The command that explains a finding; None for problems that are not a rule's."""
    return f"backstay rules {name}" if name in rules() else None
