"""A folder of backup policies with their targets, as read: the tree from the root down, and what is attached where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from backstay import org
from backstay.importer.organizations.document import ATTACHMENTS, Document, document
from backstay.importer.organizations.placeholders import BARE
from backstay.importer.problem import problem
from backstay.importer.text import decode, read_text
from backstay.source.shown import shown
from backstay_contract.attachments import AttachedPolicy, PolicyAttachments
from backstay_contract.findings import Finding, Span
from backstay_contract.organization import Organization


@dataclass(frozen=True, slots=True)
class Node:
    """The root, a unit or an account; `path` are the units' names, and of an account its id behind them."""

    kind: Literal["ROOT", "OU", "ACCOUNT"]
    path: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The node in the policy language."""
        from backstay.importer.write.code import quoted

        if self.kind == "ROOT":
            return "root()"
        return f"ou({quoted('/'.join(self.path))})" if self.kind == "OU" else f"account({quoted(self.path[-1])})"

    def __str__(self) -> str:
        return {"ROOT": "the root", "OU": "/".join(self.path)}.get(self.kind, self.path[-1] if self.path else "")


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy of the source: its name, its text and the document in it."""

    name: str
    text: str
    document: Document


@dataclass
class Tree:
    """The nodes that policies are attached to, parents first, and the accounts."""

    attached: dict[Node, list[Policy]] = field(default_factory=dict)
    accounts: tuple[Node, ...] = ()
    findings: list[Finding] = field(default_factory=list)

    def nodes(self) -> list[Node]:
        """The nodes with policies, from the root down."""
        kinds = ("ROOT", "OU", "ACCOUNT")
        return sorted(self.attached, key=lambda node: (kinds.index(node.kind), len(node.path), node.path))

    def above(self, node: Node) -> list[Node]:
        """The nodes with policies on the way from the root to a node, itself included if it has any."""
        return [one for one in self.nodes() if one == node or (one.kind != "ACCOUNT" and _holds(one, node))]

    def speaker(self, node: Node, plan: str) -> Policy:
        """The policy nearest to the node that speaks of a plan."""
        spoken = [one for above in reversed(self.above(node)) for one in self.attached[above]]
        return next((one for one in spoken if plan.lower() in {key.lower() for key in one.document.plans}), spoken[0])


def _holds(unit: Node, node: Node) -> bool:
    return node.path[: len(unit.path)] == unit.path


def read_attached(folder: Path, organization: Path | None = None) -> Tree:
    """A folder's policies by the nodes that they are attached to."""
    tree = Tree()
    listed = _attachments(folder / ATTACHMENTS, tree.findings)
    homes = dict(_homes(_organization(folder, organization)))
    tree.accounts = tuple(homes.values())
    for one in _once(listed, shown(folder / ATTACHMENTS), tree.findings) if listed is not None else ():
        policy = _policy(folder, one, tree.findings)
        for node in _nodes(one, homes, folder, tree.findings) if policy is not None else ():
            tree.attached.setdefault(node, []).append(policy) if policy is not None else None
    return tree


def _attachments(path: Path, findings: list[Finding]) -> PolicyAttachments | None:
    from pydantic import ValidationError

    name = shown(path)
    text, wrong = read_text(name, path.read_bytes())
    findings += wrong
    if wrong:
        return None
    try:
        return PolicyAttachments.model_validate(text.data)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        at = tuple(part for part in detail["loc"])
        message = f"`{'.'.join(str(part) for part in at)}`: {detail['msg'].lower()}"
        findings.append(problem("unreadable-source", message, text.place(at)))
        return None


def _once(listed: PolicyAttachments, path: str, findings: list[Finding]) -> Iterator[AttachedPolicy]:
    """The policies; Organizations has each name once."""
    seen: set[str] = set()
    for one in listed.policies:
        if one.name in seen:
            message = f"two policies are called `{one.name}`"
            findings.append(problem("conflicting-sources", message, Span(path, 1, 1, 1, 1)))
        seen.add(one.name)
        yield one


def _policy(folder: Path, listed: AttachedPolicy, findings: list[Finding]) -> Policy | None:
    path = folder / listed.document
    name = shown(path)
    start = Span(name, 1, 1, 1, 1)
    if not path.resolve().is_relative_to(folder.resolve()):
        message = f"the document of policy `{listed.name}` is outside the folder"
        findings.append(problem("unreadable-source", message, start))
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"the document of policy `{listed.name}` cannot be read: {error.strerror or error}"
        findings.append(problem("unreadable-source", message, start))
        return None
    text, wrong = read_text(name, data, bare=BARE)
    findings += wrong
    found, decoded = document(text), decode(name, data)
    if found is None or isinstance(decoded, Finding):
        if not wrong:
            findings.append(problem("missing-member", f"policy `{listed.name}` has no `plans`", start))
        return None
    return Policy(listed.name, decoded, found)


def _organization(folder: Path, named: Path | None) -> Organization | None:
    """The organization of a file that is named, or of `org.yaml` in the folder or the one above."""
    beside = named or org.beside([folder]) or org.beside([folder.absolute()])
    return org.read(beside).organization if beside is not None else None


def _homes(organization: Organization | None) -> Iterator[tuple[str, Node]]:
    for units, account in organization.places() if organization is not None else ():
        yield account.id, Node("ACCOUNT", (*units, account.id))


def _nodes(listed: AttachedPolicy, homes: dict[str, Node], folder: Path, findings: list[Finding]) -> Iterable[Node]:
    if listed.targets.root:
        yield Node("ROOT")
    for path in listed.targets.units:
        yield Node("OU", tuple(path.split("/")))
    for account in listed.targets.accounts:
        if account not in homes:
            message = f"policy `{listed.name}` is attached to account {account}, whose unit is not known"
            help_ = (
                "name the organization file (`--org`, `backstay org pull` makes one); without it, units are passed over"
            )
            span = Span(shown(folder / ATTACHMENTS), 1, 1, 1, 1)
            findings.append(problem("undecided-value", message, span, help=help_))
        yield homes.get(account, Node("ACCOUNT", (account,)))
