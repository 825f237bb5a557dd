"""What a source names and the organization file does not have: accounts, units, and targets made of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backstay.importer.found import Found, Reading
from backstay.importer.problem import problem
from backstay.resolve.tree import Tree, grow, is_id
from backstay_contract.findings import Finding
from backstay_contract.organization import Organization

HELP = "add it to the organization file and import again, or name where it belongs in the policy"


def absent(reading: Reading, organization: Organization) -> tuple[frozenset[str], tuple[Finding, ...]]:
    """Account ids, units and the source text of targets, and for each the first place that names it."""
    tree = grow(organization)
    first: dict[str, Found] = {}
    for one in reading.found:
        for name in _absent(one, tree):
            first.setdefault(name, one)
    findings = (
        problem("not-there", f"the organization file has no {_word(name)}: it is left out", one.place, help=HELP)
        for name, one in first.items()
    )
    return frozenset(first), tuple(findings)


def _absent(one: Found, tree: Tree) -> Iterator[str]:
    where = one.where
    if where.account is not None and len(tree.find(where.account)) != 1:
        yield where.account
    if where.target is not None and not _there(where.target, tree):
        yield where.target
    setting = one.body.get("ReportSetting") if one.kind == "report_plan" else None
    accounts = setting.get("Accounts") if isinstance(setting, dict) else None
    for account in accounts if isinstance(accounts, list) else ():
        if isinstance(account, str) and account != "ROOT" and len(tree.find(account)) != 1:
            yield account


def _there(target: str, tree: Tree) -> bool:
    """Whether the organization has every unit and account in the text of a target."""
    for node in ast.walk(ast.parse(target, mode="eval")):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        said = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
        if node.func.id == "ou" and tuple(str(said).split("/")) not in tree.units:
            return False
        if node.func.id == "account" and len(tree.find(str(said))) != 1:
            return False
    return True


def _word(name: str) -> str:
    return f"account `{name}`" if is_id(name) else f"`{name}`"
