"""A comment as a site, for the rules about comments."""

from __future__ import annotations

from backstay.ir import Where
from backstay.lint.allowance import Allowance
from backstay.lint.site import Site


def at(allowance: Allowance) -> Site:
    """The place of a comment. No account has it."""
    return Site(Where(allowance.span), (), (), ())
