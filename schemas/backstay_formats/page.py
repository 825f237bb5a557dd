"""The shell of self-contained HTML pages: one file, no network, and a policy under which nothing foreign can run."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from backstay_formats.escape import visible

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_UNSAFE_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def page(title: str, body: Markup, *, data: Any | None = None, script: str = "", style: str = "") -> str:
    """A whole page. `data` is at hand for `script` as `JSON.parse(document.getElementById("data").textContent)`.

    `script` and `style` are our own text and must not hold `</`; each is allowed by its hash and nothing else is.
    """
    for name, text in (("script", script), ("style", style)):
        if "</" in text:
            raise ValueError(f"`{name}` would end its own element")
    sheet = _read("page.css") + style
    return (
        environment()
        .get_template("page.html")
        .render(
            title=title,
            body=body,
            data=inline_json(data) if data is not None else None,
            script=_trusted(script),
            style=_trusted(sheet),
            policy=_policy(script, sheet),
        )
    )


def rows() -> str:
    """The script by which rows are searched, narrowed to an account and sorted, without loading anything.

    Rows are `tr[data-count]` in a `.group` that has an id, inside `[data-rows]`; `data-account` has the ids of a row's
    accounts, and a row without it fits each. `details.fold` of a group opens when it is narrowed. The fields are
    `#search` and `#account` in `form#tools`, whose `data-noun` says what is counted in `#shown`.
    """
    return _read("rows.js")


def style() -> str:
    """The style sheet that all pages share."""
    return _read("page.css")


@cache
def environment() -> Environment:
    """The Jinja environment of the pages: autoescape on, hidden characters spelt, an unknown variable is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("backstay_formats", "templates"),
        autoescape=True,
        finalize=_spelt,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _spelt(value: Any) -> Any:
    """A value of a template; in text that is no markup, every hidden character but line ends and tabs is spelt.

    A page is also looked at with `less` and in the logs of a pipeline, where an escape character acts.
    """
    if not isinstance(value, str) or hasattr(value, "__html__") or value.isprintable():
        return value
    return "".join(character if character in "\n\t" else visible(character) for character in value)


def inline_json(data: Any) -> Markup:
    """JSON that can stand inside a script element whatever text it holds."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    for character, spelt in _UNSAFE_IN_SCRIPT.items():
        text = text.replace(character, spelt)
    return _trusted(text)


def _policy(script: str, style: str) -> str:
    rules = [
        "default-src 'none'",
        f"style-src {_hash(style)}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    if script:
        rules.append(f"script-src {_hash(script)}")
    return "; ".join(rules)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _read(name: str) -> str:
    return resources.files("backstay_formats").joinpath("templates", name).read_text("utf-8")


def _trusted(text: str) -> Markup:
    """Text that is our own, or JSON in which every character that HTML knows is spelt out."""
    from markupsafe import Markup

    return Markup(text)
