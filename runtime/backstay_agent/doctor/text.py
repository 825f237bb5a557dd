"""A report as text: one line a verdict, with what to do below; what many accounts share is told once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from backstay_agent.doctor.check import Group
from backstay_agent.doctor.examine import grouped
from backstay_contract.doctor import DoctorLine, DoctorReport, Verdict
from backstay_formats.escape import terminal

_TITLES: Mapping[Group, str] = {
    "caller": "Caller",
    "organization": "Organization",
    "accounts": "Accounts",
    "build": "Build",
}
_SIGNS: Mapping[Verdict, tuple[str, str]] = {
    # Verdict → sign, and the colour as a terminal takes it (SGR).
    "ok": ("✓", "32"),
    "problem": ("✗", "31"),
    "unknown": ("?", "33"),
    "skipped": ("–", "90"),
}
_NAMED = 5


def render(report: DoctorReport, *, colour: bool = False) -> str:
    """The whole text, with its last sentence."""
    parts = []
    for group, lines in grouped(report):
        title = f"\x1b[1m{_TITLES[group]}\x1b[0m" if colour else _TITLES[group]
        parts.append("\n".join([title, *_lines(lines, colour=colour)]))
    return "\n\n".join([*parts, _sentence(report)]) + "\n"


def _lines(lines: Iterable[DoctorLine], *, colour: bool) -> Iterator[str]:
    for same in _shared(lines):
        first = same[0]
        sign, code = _SIGNS[first.verdict]
        drawn = f"\x1b[{code}m{sign}\x1b[0m" if colour else sign
        places = list(
            dict.fromkeys(_place(line) for line in same if line.account is not None or line.region is not None)
        )
        before = f"{places[0]}: " if len(places) == 1 else f"{len(places)} times: " if places else ""
        yield f"  {drawn} {terminal(before + first.message)}"
        if len(places) > 1:
            more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
            yield f"      {terminal(', '.join(places[:_NAMED]))}{more}"
        if first.remedy is not None:
            each = "   (and so on)" if len(same) > 1 and _alike(first.remedy, first) != first.remedy else ""
            yield f"      → {terminal(first.remedy)}{each}"


def _shared(lines: Iterable[DoctorLine]) -> list[Sequence[DoctorLine]]:
    """The lines, those together that differ in the account and Region alone; in the order of the first of each."""
    found: dict[tuple[str, ...], list[DoctorLine]] = {}
    for line in lines:
        key = (line.check, line.verdict, _alike(line.message, line), _alike(line.remedy or "", line))
        found.setdefault(key, []).append(line)
    return list(found.values())


def _alike(text: str, line: DoctorLine) -> str:
    """A text without the account and Region that it is about."""
    for name in (line.account, line.region):
        text = text.replace(name, "…") if name else text
    return text


def _place(line: DoctorLine) -> str:
    name = f"{line.name} ({line.account})" if line.name else line.account
    return ", ".join(part for part in (name, line.region) if part)


def _sentence(report: DoctorReport) -> str:
    summary = report.summary
    if summary.problem:
        return f"{summary.problem} to mend, {summary.unknown} not known, {summary.ok} well."
    return f"Nothing to mend; {summary.unknown} not known." if summary.unknown else "All is well."
