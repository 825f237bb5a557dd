"""How far each operation of AWS Backup goes here, as a table: `python -m backstay_local.operations PROOFS`.

It follows from botocore's model (all operations), from the handlers that there are, from what the tests saw (PROOFS:
for each operation the test that calls it with success, and the members that went by), from `fidelity.toml`, which says
what is missing where no test can see it, and from `unseen.toml`, which says what AWS itself never shows.
`docs/operations.md` is its output; a test holds the two together.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .backup.registry import OPERATIONS
from .wire.model import Shape
from .wire.model import operations as modelled

SERVICE = "backup"
Proofs = Mapping[str, Mapping[str, Any]]
_PAGING = frozenset({"NextToken", "MaxResults"})
_DEEPEST = 6
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: its name, its HTTP request, what is said against it, and the test that calls it."""

    name: str
    request: str
    level: str
    missing: tuple[str, ...]
    test: str


def rows(proofs: Proofs) -> tuple[Row, ...]:
    """Every operation that botocore's model of AWS Backup names, by name."""
    told = fidelity()
    found = (_row(name, model, proofs.get(name, {}), told.get(name, {})) for name, model in modelled(SERVICE).items())
    return tuple(sorted(found, key=lambda row: row.name))


def fidelity() -> Mapping[str, Mapping[str, Any]]:
    """What is known to be missing, by operation."""
    return _facts("fidelity.toml")


@cache
def unseen() -> Mapping[str, Any]:
    """The members that calls which succeed never show: `given` in a request, `answered` by an operation."""
    return _facts("unseen.toml")


def refused(member: str) -> bool:
    """Whether a request that gives this member is refused, whatever its value; `member` is its path."""
    return any(_within(member, one["member"]) for one in unseen()["given"])


def _never(operation: str) -> tuple[str, ...]:
    """What an operation never answers, as ends of paths."""
    found = (one["members"] for one in unseen()["answered"] if operation in one["operations"])
    return tuple(member for members in found for member in members)


def _within(path: str, member: str) -> bool:
    """Whether a path is that of a member, or of something inside it."""
    return f".{member}." in f".{path}."


def _facts(file: str) -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))


def markdown(proofs: Proofs) -> str:
    """The table as a page of the documentation."""
    return "\n".join(_page(rows(proofs))) + "\n"


def _row(name: str, model: Any, proof: Mapping[str, Any], told: Mapping[str, Any]) -> Row:
    request = f"{model.http['method']} {model.http['requestUri']}"
    if name not in OPERATIONS:
        return Row(name, request, "none", (), "")
    if not proof:
        return Row(name, request, "unproven", ("no test calls it with success",), "")
    missing = [f"{told['missing']} ({told['source']})"] if told else []
    never = {path for path in members(model.output_shape) if any(_within(path, one) for one in _never(name))}
    for shape, seen, words in (
        (model.input_shape, {*proof["given"], *proof.get("refused", ())}, "never given in a test"),
        (model.output_shape, {*proof["answered"], *never}, "never answered in a test"),
    ):
        lacking = sorted(_outermost(members(shape) - seen))
        if lacking:
            missing.append(f"{words}: {_listed(lacking)}")
    level = "accepted only" if told.get("accepted_only") else "partial" if missing else "faithful"
    return Row(name, request, level, tuple(missing), proof["test"])


def _outermost(paths: set[str]) -> set[str]:
    """The members that are inside none of the others."""
    return {path for path in paths if path.rpartition(".")[0] not in paths}


def _listed(paths: list[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(f"`{path}`" for path in paths[:_SHOWN]) + more


def members(shape: Shape | None, above: str = "", depth: int = 0) -> set[str]:
    """The paths of a structure's members, at every depth, without the places in its lists."""
    if shape is None or depth > _DEEPEST:
        return set()
    if shape.type_name == "list":
        return members(shape.member, above, depth)
    if shape.type_name != "structure":
        return set()
    found: set[str] = set()
    for name, member in shape.members.items():
        if name not in _PAGING:
            here = f"{above}.{name}" if above else name
            found |= {here} | members(member, here, depth + 1)
    return found


def _page(every: tuple[Row, ...]) -> Iterator[str]:
    counts = {level: sum(row.level == level for row in every) for level in ("faithful", "partial", "accepted only")}
    absent = sum(row.level == "none" for row in every)
    yield "# Operations of the embedded AWS Backup"
    yield ""
    yield "<!-- Written by `make docs` from the code and from test runs; a test holds it in step. Do not edit. -->"
    yield ""
    yield f"AWS Backup has {len(every)} operations. Of these, {counts['faithful']} are *faithful*: nothing is known to"
    yield "be missing, and tests have seen every member of their input and output go by in calls that succeeded, or be"
    yield "refused where AWS refuses it ([what AWS never shows](#members-that-aws-never-shows))."
    yield f"{counts['partial']} are *partial*: they do what they promise but for what the table says."
    yield f"{counts['accepted only']} are *accepted only*: they answer, and nothing follows."
    yield f"{absent} are not there: the request is routed and checked against AWS's model, and a good one is answered"
    yield "with status 501 and `NotImplementedException`, never with a false success."
    yield ""
    yield "| operation | request | here | what is missing | shown by |"
    yield "|---|---|---|---|---|"
    for row in every:
        shown = f"[test](../{row.test.partition('::')[0]})" if row.test else ""
        level = "—" if row.level == "none" else row.level
        yield f"| `{row.name}` | `{row.request}` | {level} | {'; '.join(row.missing)} | {shown} |"
    yield from _never_shown()


def _never_shown() -> Iterator[str]:
    yield ""
    yield "## Members that AWS never shows"
    yield ""
    yield "| member | where | source |"
    yield "|---|---|---|"
    for one in unseen()["given"]:
        yield f"| `{one['member']}` | refused in every request | {one['source']} |"
    for one in unseen()["answered"]:
        names, where = (", ".join(f"`{name}`" for name in one[key]) for key in ("members", "operations"))
        yield f"| {names} | in no answer of {where} | {one['source']} |"


def main() -> None:
    """Print the page for the file of proofs that is named."""
    sys.stdout.write(markdown(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
