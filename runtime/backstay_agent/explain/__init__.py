"""Tells a plan to a person: what will be done, where, what can never be undone, and what is left alone. Pure.

One file a form: `text` for a terminal, `markdown` for a pull request; JSON is the plan itself.
"""

from __future__ import annotations

from backstay_agent.explain import markdown
from backstay_agent.explain.text import explain

__all__ = ["explain", "markdown"]
