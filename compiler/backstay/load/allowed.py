"""What a policy file may be made of: every table of the gate, to be read at a glance.

What is not listed is refused. The names of `BUILTINS` are also all that the child process hands to a policy file.
"""

from __future__ import annotations

import ast
from dataclasses import fields
from functools import cache

from backstay.dsl import Node

MODULE = "backstay"

# Syntax that may stand in a policy file. Anything else (while, try, with, class, match, yield, async, del, global, …)
# is refused by name in `REFUSED`, or as it is.
NODES: frozenset[type[ast.AST]] = frozenset(
    {
        # files and statements
        ast.Module, ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.ImportFrom, ast.alias,
        ast.FunctionDef, ast.Lambda, ast.arguments, ast.arg, ast.Return, ast.If, ast.For, ast.Break, ast.Continue,
        ast.Pass, ast.Assert,
        # values
        ast.Constant, ast.Name, ast.Load, ast.Store, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred,
        ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue,
        ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension,
        ast.Call, ast.keyword, ast.IfExp, ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp,
        # operators
        ast.And, ast.Or, ast.Not, ast.Invert, ast.UAdd, ast.USub,
        ast.BitAnd, ast.BitOr, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow,
        ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot,
    }
)  # fmt: skip

# Refused syntax → what it is called, and what to write instead.
REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.While: ("`while`", "use `for` over a list or a `range`"),
    ast.Try: ("`try`", "a policy that cannot be built is an error; let it be one"),
    ast.TryStar: ("`try`", "a policy that cannot be built is an error; let it be one"),
    ast.Raise: ("`raise`", "use `assert condition, message`"),
    ast.With: ("`with`", "policies open nothing; write the values down"),
    ast.ClassDef: ("`class`", "use a function that returns a plan, a rule or a vault"),
    ast.Match: ("`match`", "use `if` or a dictionary"),
    ast.Global: ("`global`", "give the value to the function as an argument"),
    ast.Nonlocal: ("`nonlocal`", "return the value instead"),
    ast.Delete: ("`del`", "leave the name alone"),
    ast.NamedExpr: ("`:=`", "assign on a line of its own"),
    ast.Yield: ("`yield`", "return a list"),
    ast.YieldFrom: ("`yield from`", "return a list"),
    ast.Await: ("`await`", "policies wait for nothing"),
    ast.AsyncFor: ("`async for`", "policies wait for nothing"),
    ast.AsyncWith: ("`async with`", "policies wait for nothing"),
    ast.AsyncFunctionDef: ("`async def`", "policies wait for nothing"),
    ast.LShift: ("`<<`", "write the number down"),
    ast.RShift: ("`>>`", "write the number down"),
    ast.BitXor: ("`^`", "write `(a & ~b) | (~a & b)`"),
    ast.MatMult: ("`@`", "policies multiply no matrices"),
}

# Python's own names that a policy file may use. None of them reaches a file, a process or another module.
BUILTINS: tuple[str, ...] = (
    "False", "None", "True",
    "abs", "all", "any", "bool", "dict", "enumerate", "filter", "frozenset", "int", "isinstance", "len", "list", "map",
    "max", "min", "range", "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip",
    "AssertionError",  # what `assert` raises
)  # fmt: skip

# Python's own names that people try, with what to say to them.
REFUSED_NAMES: dict[str, str] = {
    "open": "policies open no files; write the values down or import them from a policy file",
    "print": "policies print nothing; look at what `backstay compile` writes",
    "input": "policies ask nothing",
    "eval": "write the expression itself",
    "exec": "write the statements themselves",
    "compile": "write the statements themselves",
    "getattr": "write the attribute itself",
    "setattr": "policies change nothing once it is made; give the value to the constructor",
    "delattr": "policies change nothing once it is made",
    "globals": "use a dictionary of your own",
    "locals": "use a dictionary of your own",
    "vars": "use a dictionary of your own",
    "type": "use `isinstance`",
    "super": "policies make no classes",
    "object": "policies make no classes",
    "breakpoint": "policies cannot be stepped through",
}

# Methods of text, lists and dictionaries. `format` and `format_map` reach attributes by a text and are left out.
PLAIN_ATTRIBUTES: frozenset[str] = frozenset(
    {
        "append", "capitalize", "casefold", "copy", "count", "endswith", "extend", "get", "index", "insert",
        "isdigit", "items", "join", "keys", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace",
        "rpartition", "rsplit", "rstrip", "sort", "split", "startswith", "strip", "title", "union", "update", "upper",
        "values", "zfill",
    }
)  # fmt: skip

# What the vocabulary offers behind a dot. The fields of nodes are added: they are data.
VOCABULARY_ATTRIBUTES: frozenset[str] = frozenset(
    {
        "governance", "compliance",
        "allow_copies_from", "allow_copies_to", "deny_deletes", "document",
        "everything", "gfs",
        "in_backup_plan", "plan_frequency_and_retention", "manual_deletion_disabled", "recovery_points_encrypted",
        "minimum_retention", "copied_to_other_region", "copied_to_other_account", "vault_lock", "last_recovery_point",
        "restore_time", "air_gapped",
        "like", "isin",
    }
)  # fmt: skip

# Attributes that lead out of any table, whatever a field may be called one day.
NEVER_ATTRIBUTES: frozenset[str] = frozenset({"format", "format_map", "mro", "check", "registry", "span", "tb_frame"})

LARGEST_NUMBER = 10**12
LONGEST_TEXT = 65_536
LARGEST_BASE = 1_000
LARGEST_EXPONENT = 16
LONGEST_FILE = 1_000_000
MOST_SYNTAX = 200_000


@cache
def attributes() -> frozenset[str]:
    """Every attribute name that may stand behind a dot."""
    data = {field.name for kind in Node.registry.values() for field in fields(kind) if field.init}
    return (PLAIN_ATTRIBUTES | VOCABULARY_ATTRIBUTES | data) - NEVER_ATTRIBUTES
