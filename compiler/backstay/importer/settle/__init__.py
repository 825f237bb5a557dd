"""Settles what a policy could only say by inventing it: it is left out, and a comment and a finding say so.

What is open never makes a selection take more, a restore test restore more or a lock close on a number that nobody
chose: the selection, the lock, the copy is left out whole. Values for which AWS itself has a default are not settled
here: the writer lets that default stand in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from backstay.importer.found import Found, Kind, Reading, Scope, Unknown
from backstay.importer.problem import problem
from backstay.importer.settle.open import open_vaults, place_of, refused, takes_nothing, what_is_open
from backstay.importer.settle.plans import plan
from backstay.importer.settle.reports import report
from backstay.importer.write.desk import undecided
from backstay.importer.write.things import PARTS, whole_of
from backstay_contract.findings import Finding

Place = tuple[Kind, str, Scope]

_WORDS: Final[Mapping[Kind, str]] = {
    "air_gapped_vault": "air-gapped vault",
    "access": "access policy of vault",
    "lock": "lock of vault",
    "legal_hold": "legal hold",
    "notifications": "notifications of vault",
    "tiering": "tiering configuration",
    "report_plan": "report",
    "restore_testing_selection": "selection",
}
_NAME: Final[Mapping[Kind, str]] = {
    "plan": "BackupPlanName",
    "vault": "BackupVaultName",
    "restore_testing_plan": "RestoreTestingPlanName",
}
"""Where the body of a whole has its name."""
NOTHING = "it names no resources, no tags and no conditions, so that AWS refuses it"
UNKNOWN_VAULTS = "left out: its selections, for its vaults are not known, and without them it restores from every vault"


def settle(reading: Reading) -> Reading:
    """The reading without what cannot be said, which its remarks and findings tell."""
    settler = _Settler()
    found = tuple(settler.settled(reading.found))
    findings = (*reading.findings, *settler.findings)
    return replace(reading, found=found, findings=findings, remarks=(*reading.remarks, *settler.remarks))


@dataclass
class _Settler:
    """`gone` are wholes that are left out, `unsure` restore tests of unknown vaults, `said` notes on what stays.

    `air_gapped` are the vaults that are so: their parts only name a vault.
    """

    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    said: dict[Place, list[str]] = field(default_factory=lambda: defaultdict(list))
    gone: set[Place] = field(default_factory=set)
    unsure: set[Place] = field(default_factory=set)
    air_gapped: set[Place] = field(default_factory=set)

    def settled(self, found: tuple[Found, ...]) -> Iterator[Found]:
        """What remains; where nothing of a whole remains but notes, a whole with these alone."""
        self.air_gapped = {self._whole(one) for one in found if one.kind == "air_gapped_vault"}
        gone = {number for number, one in enumerate(found) if one.kind not in PARTS and self._gone(one)}
        gone |= {number for number, one in enumerate(found) if one.kind in PARTS and self._part_gone(one)}
        kept = [one for number, one in enumerate(found) if number not in gone]
        there = {self._whole(one) for one in kept if one.kind not in PARTS}
        lone = self.said.keys() - there
        bare = {place: _bare(one, place) for one in found if (place := self._whole(one)) in lone}
        for one in (*bare.values(), *kept):
            yield self._noted(self._kept(one))

    def _gone(self, one: Found) -> bool:
        """Whether a whole is left out."""
        vaults = open_vaults(one)
        if vaults is not None:
            self.unsure.add(self._whole(one))
            self.said[self._whole(one)].append(f"{UNKNOWN_VAULTS}; {undecided(vaults)}")
            self._complain(one, f"the selections of restore test `{one.name}` are", vaults)
        unknown = what_is_open(one)
        if unknown is None:
            return False
        self.gone.add(self._whole(one))
        self.remarks.append(self._left_out(one, unknown))
        return True

    def _part_gone(self, one: Found) -> bool:
        """Whether a part is left out: for itself, or with its whole."""
        place = self._whole(one)
        if place in self.unsure or place in self.gone:
            return True
        if takes_nothing(one):
            self.said[place].append(f"left out: the selection `{one.name}`; {NOTHING}")
            message = f"the selection `{one.name}` is left out: {NOTHING}"
            self.findings.append(problem("left-out", message, one.place))
            return True
        unknown = what_is_open(one)
        if unknown is not None:
            self.said[place].append(self._left_out(one, unknown))
            return True
        wrong = refused(one)
        if wrong is not None:
            self.said[place].append(f"left out: the selection `{one.name}`; {wrong}")
            message = f"the selection `{one.name}` is left out: {wrong}"
            self.findings.append(problem("wrong-value", message, one.place))
        return wrong is not None

    def _left_out(self, one: Found, unknown: Unknown) -> str:
        """The comment on what is left out; the finding says the same at its place."""
        what = f"the {_WORDS.get(one.kind, one.kind)} `{one.name}`"
        self._complain(one, f"{what} {'are' if one.kind == 'notifications' else 'is'}", unknown)
        return f"left out: {what}; {undecided(unknown)}"

    def _complain(self, one: Found, what: str, unknown: Unknown) -> None:
        message = f"{what} left out: `{unknown.brief}` is not known"
        notes = (unknown.why,) if unknown.why else ()
        self.findings.append(problem("left-out", message, place_of(one, unknown), notes=notes))

    def _noted(self, one: Found) -> Found:
        notes = self.said.pop(self._whole(one), ()) if one.kind not in PARTS else ()
        return replace(one, notes=(*one.notes, *notes)) if notes else one

    def _kept(self, one: Found) -> Found:
        """What remains of something of which single members may be left out."""
        if one.kind == "plan":
            air_gapped = (place for place in self.gone if place[0] == "air_gapped_vault" and place[2] == one.where)
            gone = frozenset(name for _, name, _ in air_gapped)
            return plan(one, gone, self.findings)
        return report(one) if one.kind == "report_plan" else one

    def _whole(self, one: Found) -> Place:
        kind, name = whole_of(one)
        air_gapped: Place = ("air_gapped_vault", name, one.where)
        return air_gapped if kind == "vault" and air_gapped in self.air_gapped else (kind, name, one.where)


def _bare(part: Found, whole: Place) -> Found:
    """The whole of a part, of which nothing else is there."""
    kind, name, where = whole
    return Found(kind, name, {_NAME[kind]: part.body.get(PARTS[part.kind][1], name)}, part.place, (), where)
