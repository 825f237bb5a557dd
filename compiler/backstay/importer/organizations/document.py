"""One backup policy as a document: where its plans stand, and its operators settled as if nothing were above it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from backstay.importer.organizations.placeholders import Placeholders
from backstay.importer.problem import problem
from backstay.source.json_text import read_json
from backstay.source.text import DataPath, Text
from backstay_aws.effective.grammar import APPEND, ASSIGN, CONTROL, OPERATORS, PLANS, REMOVE, Grammar, Kind, under
from backstay_contract.findings import Finding, Span

PREFIX = "@@"
ATTACHMENTS = "attachments.json"
"""The file of a folder of policies that says where each is attached."""
LONGEST_NAME = 256
"""Characters of any name in a policy of Backstay; AWS's own are shorter."""
_WRAPPERS: tuple[DataPath, ...] = (
    # where the text of a policy stands in answers of the CLI (describe-policy, describe-effective-policy)
    ("Policy", "Content"),
    ("Content",),
    ("EffectivePolicy", "PolicyContent"),
    ("PolicyContent",),
)
_SPELLINGS: Mapping[str, str] = {
    # other spellings, folded → the key that is meant; the first is of the 2020 editions of the user guide
    "todeleteafterdays": "delete_after_days",
    "startwindowminutes": "start_backup_window_minutes",
    "completionwindowminutes": "complete_backup_window_minutes",
    "targetbackupvault": "target_backup_vault_name",
    "schedule": "schedule_expression",
    "destinationbackupvaultarn": "target_backup_vault_arn",
}


@dataclass
class Document:
    """A policy's plans as data, with the text that they stand in. `inside`: the path of `plans` in it."""

    text: Text
    plans: Mapping[str, Any]
    inside: DataPath
    findings: list[Finding] = field(default_factory=list)

    @property
    def sourced(self) -> bool:
        """Whether this is a policy, with operators, and not what accounts end up with."""
        return PREFIX in json.dumps(self.plans)

    def place(self, path: DataPath) -> Span:
        """The place of something in the plans: of its name, for what is below it may be long."""
        return self.text.key((*self.inside, *path))


def document(text: Text) -> Document | None:
    """The policy in a text; None if there is none."""
    if not isinstance(text.data, Mapping):
        return None
    name = next((key for key in text.data if key.lower() == "plans"), None)
    if name is not None and isinstance(text.data[name], Mapping) and "Resources" not in text.data:
        return Document(text, text.data[name], (name,))
    for path in _WRAPPERS:
        content: Any = text.data
        for part in path:
            content = content.get(part) if isinstance(content, Mapping) else None
        if isinstance(content, str):
            inner = read_json(text.path, content)
            at = text.place(path)
            return document(Text(text.path, inner.data, {(): at}, {}, inner.faults))
    return None


@dataclass
class Settled:
    """The plans as they would be with nothing above: values by the document's keys, and what the controls lock."""

    plans: dict[str, Any]
    controls: dict[DataPath, tuple[str, ...]]


@dataclass
class Settler:
    """Settles one document's operators, and says what is not of the grammar."""

    document: Document
    placeholders: Placeholders
    controls: dict[DataPath, tuple[str, ...]] = field(default_factory=dict)

    def settled(self) -> Settled:
        """The document's plans."""
        plans = self._container(self.document.plans, PLANS, (), ())
        return Settled(plans, self.controls)

    def _container(self, value: Any, grammar: Grammar, path: DataPath, keys: DataPath) -> dict[str, Any]:
        """A container's children. `path` is where it stands in the text, `keys` the same in the grammar's spelling."""
        if not isinstance(value, Mapping):
            self._say("wrong-value", f"`{_said(path)}` is an object, with names as keys", path)
            return {}
        found: dict[str, Any] = {}
        for name, member in value.items():
            at = (*path, name)
            if name.startswith(PREFIX):
                self._operator(name, member, path, keys)
                continue
            key = self._key(name, grammar, at)
            if key is None:
                continue
            kind = under(grammar, key)
            known = (*keys, key)
            if isinstance(kind, str):
                read = self._leaf(member, kind, at, known)
            else:
                read = self._container(member, kind or {}, at, known)
            if read is not None:
                found[key] = read
        return found

    def _key(self, name: str, grammar: Grammar, path: DataPath) -> str | None:
        """The key of the grammar that a name is, or the author's own name where names are free."""
        if "*" in grammar:
            return self._name(name, path)
        if name.lower() in grammar:
            return name.lower()
        folded = re.sub(r"[_-]", "", name).lower()
        known = {key.replace("_", ""): key for key in grammar}
        meant = known.get(folded) or (_SPELLINGS.get(folded) if _SPELLINGS.get(folded) in grammar else None)
        if meant is not None:
            message = f"`{name}` is no key of a backup policy; it is read as `{meant}`"
            help_ = f"write `{meant}`: backup policies spell their keys in lower case, other than the API of AWS Backup"
            self._say("wrong-dialect-member", message, path, help_=help_)
            return meant
        close = get_close_matches(name.lower(), list(grammar), 1)
        help_ = f"did you mean `{close[0]}`?" if close else f"here may stand {', '.join(sorted(grammar))}"
        self._say("unknown-member", f"`{name}` is no key of a backup policy; it is left out", path, help_=help_)
        return None

    def _name(self, name: str, path: DataPath) -> str | None:
        """An author's own name, if it can be one. One that is a placeholder stays as it is written, and is told."""
        if not name or not name.isprintable() or len(name) > LONGEST_NAME:
            self._say("wrong-value", "this is no name (empty, too long or not to be printed); it is left out", path)
            return None
        named = self.placeholders.named(name)
        unknown = self.placeholders.names.get(named)
        if unknown is not None and name not in self.placeholders.kept:
            self._say("undecided-value", f"the name `{name}` is a placeholder; {unknown.why}", path)
        return named

    def _operator(self, name: str, value: Any, path: DataPath, keys: DataPath) -> None:
        if name == CONTROL and isinstance(value, list):
            self.controls[keys] = tuple(str(one) for one in value)
        elif name in OPERATORS:
            message = f"`{name}` does nothing here: it stands at a value, such as `delete_after_days`"
            self._say("unused-operator", message, (*path, name))

    def _leaf(self, value: Any, kind: Kind, path: DataPath, keys: DataPath) -> Any:
        if not isinstance(value, Mapping):
            if self.document.sourced:
                message = f"the value of `{_said(path)}` stands without an operator"
                self._say("wrong-value", message, path, help_='write `{"@@assign": …}`')
            return self._values(value, kind, path)
        self.controls |= {keys: tuple(value[CONTROL])} if isinstance(value.get(CONTROL), list) else {}
        for name in value:
            if name not in (*OPERATORS, CONTROL):
                self._say("unknown-member", f"`{name}` is no operator; it is left out", (*path, name))
        if kind == "value":
            for name in (APPEND, REMOVE):
                if name in value:
                    message = f"`{name}` is for lists; `{_said(path)}` has one value"
                    self._say("wrong-value", message, (*path, name), help_="use `@@assign`")
            return self._values(value[ASSIGN], kind, (*path, ASSIGN)) if ASSIGN in value else None
        return self._list(value, path)

    def _list(self, value: Mapping[str, Any], path: DataPath) -> Any:
        if not any(name in value for name in OPERATORS):
            return None
        said = {name: self._values(value[name], "list", (*path, name)) for name in OPERATORS if name in value}
        items = list(dict.fromkeys([*said.get(ASSIGN, ()), *said.get(APPEND, ())]))
        return [item for item in items if item not in said.get(REMOVE, ())]

    def _values(self, value: Any, kind: Kind, path: DataPath) -> Any:
        if kind == "value":
            if isinstance(value, list) and len(value) == 1:
                value = value[0]
            if isinstance(value, list | Mapping) or value is None:
                self._say("wrong-value", f"`{_said(path)}` has one value", path)
                return None
            return self.placeholders.filled(_text(value))
        if isinstance(value, str):
            listed = self.placeholders.several(value)
            if listed is None and not value.startswith(("${", "{{")):
                self._say("wrong-value", f"`{_said(path)}` is a list", path, help_=f"write `[{json.dumps(value)}]`")
            value = listed if listed is not None else [value]
        if not isinstance(value, list):
            self._say("wrong-value", f"`{_said(path)}` is a list", path)
            return []
        return [self.placeholders.filled(_text(item)) for item in value]

    def _say(self, name: Any, message: str, path: DataPath, *, help_: str | None = None) -> None:
        text, at = self.document.text, (*self.document.inside, *path)
        by_key = name in ("unknown-member", "wrong-dialect-member", "unused-operator", "undecided-value")
        span = text.key(at) if by_key else text.place(at)
        self.document.findings.append(problem(name, message, span, help=help_))


def _text(value: Any) -> str:
    """Numbers and truth values become text before anything is merged, as AWS does it."""
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _said(path: DataPath) -> str:
    names = [str(part) for part in path if not str(part).startswith(PREFIX)]
    return "/".join(("plans", *names))


def refusals(found: Document, placeholders: Placeholders) -> Iterator[Finding]:
    """What Organizations would refuse in the document once its placeholders are filled in, with reason and place."""
    from backstay_aws.effective import admit

    for refusal in admit({"plans": _rendered(found.plans, placeholders)}):
        path: DataPath = tuple(part for part in refusal.path.split("/")[1:] if part)
        message = f"Organizations refuses this policy: {refusal.reason}"
        yield problem("refused-by-organizations", message, found.place(path))


def _rendered(value: Any, placeholders: Placeholders) -> Any:
    """A part of the document as the generator that its placeholders are for would write it."""
    if isinstance(value, Mapping):
        return {name: _rendered(member, placeholders) for name, member in value.items()}
    if isinstance(value, list):
        return [_rendered(item, placeholders) for item in value]
    return (placeholders.several(value) or placeholders.filled(value)) if isinstance(value, str) else value
