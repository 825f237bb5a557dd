"""What went wrong inside a policy file, in an author's words and at its place."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
from collections.abc import Mapping
from typing import Any

from backstay import dsl
from backstay.load.allowed import BUILTINS
from backstay.load.nearest import nearest
from backstay.load.problems import problem
from backstay.source import SourceFile, arguments
from backstay_contract.findings import Finding, Span

_KEYWORD = re.compile(r"(?:\w+\.)*?(\w+?)(?:\.__init__)?\(\) got an unexpected keyword argument '(\w+)'")
_MISSING = re.compile(r"(?:\w+\.)*?(\w+?)(?:\.__init__)?\(\) missing (?:.*?) arguments?: (.+)")
_TOO_MANY = re.compile(r"(?:\w+\.)*?(\w+?)(?:\.__init__)?\(\) takes .* positional arguments? .*but")

_ATTRIBUTE = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
_METHOD = re.compile(r"type object '(\w+)' has no attribute '(\w+)'")

# What Python calls a value → what an author calls it, and what can be done with it instead.
_NOUNS: Mapping[str, str] = {
    "AccountTagKey": "`account_tag(…)`",
    "Param": "`param(…)`",
    "TagKey": "`tag(…)`",
    "NoneType": "`None`",
    "str": "text",
    "int": "a number",
    "float": "a number",
    "list": "a list",
    "tuple": "a tuple",
    "dict": "a dictionary",
    "set": "a set",
    "function": "a function",
}
_ADVICE: Mapping[str, str] = {
    "AccountTagKey": 'compare it: `(account_tag("env") == "prod") | (account_tag("env") == "shared")`',
    "Param": "it has no value yet; give the whole value by `params=`",
    "TagKey": "compare it with `==` or `!=`, or ask `.like(…)` or `.isin(…)`",
}


def explain(row: Mapping[str, Any], file: SourceFile, span: Span | None) -> Finding:
    """The finding for one problem row of the child; `span` is the innermost expression, in characters."""
    place = span or Span(file.path, 1, 1, 1, len(file.line(1)) + 1)
    kind, text = str(row["kind"]), str(row["text"])
    match kind:
        case "PolicyError":
            return problem("policy-error", text, _field(row, file, place), help=row.get("help"))
        case "CodecError":
            return problem("too-large" if "nested" in text or "more than" in text else "policy-error", text, place)
        case "ForbiddenActError":
            return problem("forbidden-act", text, place, help="write the values down in the policy")
        case "UnknownImportError":
            return _unknown_import(row, file, place)
        case "MemoryError":
            return problem("too-large", "this needs more memory than a policy may have", place)
        case "RecursionError":
            return problem("program-error", "a function calls itself without end", place)
        case "NameError" | "UnboundLocalError":
            return _unknown_name(row, file, place)
        case "TypeError":
            return _wrong_call(text, file, place)
        case "AttributeError":
            return _unknown_attribute(text, place)
        case "AssertionError":
            return problem(
                "program-error",
                f"the assertion does not hold: {text}" if text else "the assertion does not hold",
                place,
            )
        case "KeyError":
            return problem("program-error", f"there is no key {text}", place)
    return problem("program-error", f"{text} ({kind})" if text else kind, place)


def _noun(kind: str) -> str:
    return _NOUNS.get(kind) or f"{'an' if kind[0] in 'AEIOU' else 'a'} `{kind}`"


def _unknown_attribute(text: str, place: Span) -> Finding:
    """What a value does not have, or a constructor that a word lacks, such as `Plan.everything`."""
    if match := _ATTRIBUTE.fullmatch(text):
        message = f"{_noun(match[1])} has no `{match[2]}`"
        return problem("program-error", message, place, help=_ADVICE.get(match[1]))
    if match := _METHOD.fullmatch(text):
        known = [word for word, made in vars(getattr(dsl, match[1], object)).items() if isinstance(made, classmethod)]
        close = _meant(nearest(match[2], known))
        listed = f"it has {', '.join(f'`.{word}`' for word in known)}" if known else None
        return problem("program-error", f"`{match[1]}` has no `.{match[2]}`", place, help=close or listed)
    return problem("program-error", f"{text} (AttributeError)", place)


def _field(row: Mapping[str, Any], file: SourceFile, place: Span) -> Span:
    name = row.get("field")
    return place if name is None else arguments(file, place, _called).get(str(name), place)


def _called(name: str) -> object:
    """What a policy calls by this name: a word of the vocabulary, or a method of one."""
    if name in dsl.VOCABULARY:
        return getattr(dsl, name)
    kinds = (thing for word in dsl.VOCABULARY if isinstance(thing := getattr(dsl, word), type))
    return next((made for kind in kinds if callable(made := getattr(kind, name, None))), None)


def _unknown_import(row: Mapping[str, Any], file: SourceFile, place: Span) -> Finding:
    name = str(row.get("name", row["text"]))
    close = nearest(name, [str(known) for known in row.get("known", ())])
    aliases = (alias for node in file.tree.body if isinstance(node, ast.ImportFrom) for alias in node.names)
    at = next((file.place(alias) for alias in aliases if alias.name == name), place)
    return problem("unknown-import", f"there is no `{name}` in that file", at, help=_meant(close))


def _meant(close: str | None) -> str | None:
    return f"did you mean `{close}`?" if close else None


def _unknown_name(row: Mapping[str, Any], file: SourceFile, place: Span) -> Finding:
    name = str(row.get("name", ""))
    own = _own_names(file)
    if name in own:
        return problem("program-error", f"`{name}` has no value yet", place, help="give it one above this line")
    if name in dsl.VOCABULARY:
        advice: str | None = "add it to `from backstay import …`"
    elif hasattr(builtins, name):
        advice = "policies have only some of Python's own functions"
    else:
        advice = _meant(nearest(name, {*dsl.VOCABULARY, *BUILTINS, *own}))
    return problem("program-error", f"there is no `{name}`", place, help=advice)


def _own_names(file: SourceFile) -> set[str]:
    """The names that a file gives a value to somewhere."""
    names = (node for node in ast.walk(file.tree) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


def _wrong_call(text: str, file: SourceFile, place: Span) -> Finding:
    if match := _KEYWORD.fullmatch(text):
        return _unknown_keyword(match[1], match[2], file, place)
    if match := _MISSING.fullmatch(text):
        names = match[2].replace("'", "`")
        return problem("program-error", f"`{match[1]}` needs {names}", place)
    if match := _TOO_MANY.match(text):
        return problem("program-error", f"`{match[1]}` has too many arguments without a name", place, help="name them")
    return problem("program-error", text, place)


def _unknown_keyword(called: str, word: str, file: SourceFile, place: Span) -> Finding:
    thing = _called(called)
    known = [name for name in inspect.signature(thing).parameters if name != "self"] if callable(thing) else []
    call = file.expression(place)
    keywords = call.keywords if isinstance(call, ast.Call) else []
    at = next((file.place(keyword) for keyword in keywords if keyword.arg == word), place)
    listed = f"it has {', '.join(f'`{name}`' for name in known)}" if known else None
    return problem("program-error", f"`{called}` has no `{word}`", at, help=_meant(nearest(word, known)) or listed)
