"""The shape of an organization file: what pydantic says, in an author's words and at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backstay.org.file import DataPath
from backstay.org.problems import problem
from backstay.org.text import Text
from backstay_contract.findings import Finding, Span
from backstay_contract.organization import Account, Organization, Root, Unit

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

MOST_FINDINGS = 50
MODELS: Mapping[str, type[BaseModel]] = {"root": Root, "units": Unit, "accounts": Account}

# Members → what their values look like.
LOOKS: Mapping[str, str] = {
    "id": "an account's id is twelve digits in quotes",
    "management_account": "an account's id is twelve digits in quotes",
    "backup_account": "an account's id is twelve digits in quotes",
    "regions": "a list of Regions, such as `[eu-central-1]`",
    "tags": "a dictionary of text to text",
    "name": "a name is text; an account's has at most 50 characters, a unit's 128",
    "units": "a list of units, each with `name`, `accounts`, `units`",
    "accounts": 'a list of accounts, such as `{id: "100000000010", name: payments-prod}`',
    "root": "the root has `accounts` and `units`",
}


def wrong_shape(error: ValidationError, text: Text) -> list[Finding]:
    """A finding for each thing that pydantic refused."""
    details = error.errors(include_url=False, include_context=False, include_input=True)
    findings = [_finding(detail, text) for detail in details[:MOST_FINDINGS]]
    if len(details) > MOST_FINDINGS:
        more = f"and {len(details) - MOST_FINDINGS} more problems like these"
        findings.append(problem("wrong-value", more, Span(text.path, 1, 1, 1, 2)))
    return findings


def _finding(detail: ErrorDetails, text: Text) -> Finding:
    path: DataPath = detail["loc"]
    member = str(path[-1]) if path else ""
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(path, member, text)
        case "missing":
            message = f"{owner(path[:-1])} has no `{member}`"
            return problem("missing-member", message, place(path[:-1], text), help=LOOKS.get(member))
    named = next((str(part) for part in reversed(path) if isinstance(part, str) and part in LOOKS), member)
    what = f"`{named}` of {owner(path[: path.index(named)])}" if named in path else "the file"
    message = f"{what} cannot be {shown(detail['input'])}"
    looks = LOOKS.get(named, "write `id`, `root` and the rest") if path != ("id",) else "it looks like `o-acme0001`"
    return problem("wrong-value", message, place(path, text), help=looks)


def _unknown(path: DataPath, member: str, text: Text) -> Finding:
    import difflib

    known = list(_model(path[:-1]).model_fields)
    close = difflib.get_close_matches(member, known, n=1)
    help_text = f"did you mean `{close[0]}`?" if close else f"it has {', '.join(f'`{name}`' for name in known)}"
    span = text.keys.get(path) or place(path, text)
    return problem("unknown-member", f"{owner(path[:-1])} has no member `{member}`", span, help=help_text)


def _model(path: DataPath) -> type[BaseModel]:
    names = [part for part in path if isinstance(part, str)]
    return MODELS.get(names[-1], Organization) if names else Organization


def owner(path: DataPath) -> str:
    """Whose member it is: `the organization`, `the root`, `units[1] of the root`, …"""
    if not path:
        return "the organization"
    parts: list[str] = []
    for part in path:
        if isinstance(part, int) and parts:
            parts[-1] += f"[{part}]"
        else:
            parts.append(str(part))
    return "the root" if parts == ["root"] else f"`{'.'.join(parts)}`"


def place(path: DataPath, text: Text) -> Span:
    """The place of a value, or of the nearest thing around it whose place is known."""
    for length in range(len(path), -1, -1):
        if path[:length] in text.spans:
            return text.spans[path[:length]]
    return Span(text.path, 1, 1, 1, 2)


def shown(value: Any) -> str:
    """A refused value in a complaint, short."""
    if isinstance(value, str | int | float) or value is None:
        said = "empty" if value in (None, "") else f"`{value}`"
        return said if len(said) <= 60 else said[:58] + "…`"
    return {"dict": "a dictionary", "list": "a list"}.get(type(value).__name__, f"a {type(value).__name__}")
