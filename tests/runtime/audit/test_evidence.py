"""Evidence bundles: the same audit gives the same bytes, every change is found, and nothing harmful is opened."""

from __future__ import annotations

import json
import struct
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from click.testing import Result as Ran

from backstay_agent.audit.evidence import bundle, merkle
from backstay_agent.audit.evidence.write import pieces
from backstay_agent.audit.result import Result, judge
from backstay_agent.cli.audit import audit
from backstay_agent.signing import keys
from backstay_contract import schema
from backstay_contract.evidence import EvidenceFile, EvidenceManifest

PLACE = "inputs/places/100000000010/eu-central-1.json"
KEY = keys.new()
Members = dict[str, bytes]


@pytest.fixture
def evidence(troubled: Result, builds: Any, tmp_path: Path) -> Path:
    """A signed bundle of an audit in which something failed and something could not be read."""
    path = tmp_path / "audit.evidence.zip"
    path.write_bytes(b"".join(pieces(troubled, builds.make(), KEY)))
    return path


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """The public key that belongs to its signature."""
    path = tmp_path / "key.pub"
    path.write_bytes(KEY.public.pem())
    return path


def verify(path: Path, *more: str | Path) -> Ran:
    """Run `backstay audit verify`; an exception of ours is raised."""
    ran = CliRunner().invoke(audit, ["verify", str(path), *(str(word) for word in more)])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran


def unpacked(path: Path) -> Members:
    """The members of a bundle."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(path: Path, members: Mapping[str, bytes]) -> Path:
    """A bundle of other members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def forged(members: Members) -> Members:
    """Manifest and root made anew for changed files, as a careful forger would: all digests fit."""
    document = json.loads(members["manifest.json"])
    own = {name: content for name, content in members.items() if name.startswith(("inputs/", "results/"))}
    files = tuple(bundle.listed(name, content) for name, content in sorted(own.items()))
    manifest = EvidenceManifest(**{**document, "files": files, "root": merkle.root(files)})
    return {**members, "manifest.json": bundle.spelt(manifest)}


def test_it_holds(evidence: Path, public: Path) -> None:
    """Files, root, build, signature and results are told one by one; the JSON keeps to its schema."""
    ran = verify(evidence, "--public-key", public)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1] == "The evidence holds."
    assert ran.stdout.count("✓") == 6
    verdict = json.loads(verify(evidence, "--format", "json").stdout)
    assert verdict["holds"] is True
    signature = next(check for check in verdict["checks"] if check["check"] == "signature")
    assert signature["status"] == "not checked"
    assert KEY.public.id[:16] in signature["told"][0]
    jsonschema.validate(verdict, schema.load("evidence-verdict"))
    jsonschema.validate(json.loads(unpacked(evidence)["manifest.json"]), schema.load("evidence-manifest"))


def test_the_same_audit_gives_the_same_bytes(troubled: Result, builds: Any) -> None:
    """Nothing of the machine or of its clock goes into a bundle."""
    first, second = (b"".join(pieces(troubled, builds.make(), KEY)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "name",
    ["inputs/build.json", "inputs/controls.json", "inputs/facts.json", PLACE, "results/report.json"],
)
def test_a_changed_file_is_named(evidence: Path, name: str) -> None:
    """One byte more in any file is found, and the file is named."""
    members = unpacked(evidence)
    ran = verify(packed(evidence, {**members, name: members[name] + b" "}))
    assert ran.exit_code == 1
    assert f"{name} was changed" in ran.stdout


@pytest.mark.parametrize("name", ["inputs/build.json", "inputs/facts.json", PLACE, "results/report.json"])
def test_a_missing_file_is_named(evidence: Path, name: str) -> None:
    """A bundle without one of its files is none."""
    members = unpacked(evidence)
    ran = verify(packed(evidence, {path: content for path, content in members.items() if path != name}))
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert f"it has no {name}" in ran.stderr


def test_an_added_file_is_named(evidence: Path) -> None:
    """Facts of a place that nobody read cannot be slipped in."""
    members = unpacked(evidence)
    ran = verify(packed(evidence, {**members, "inputs/places/100000000099/eu-west-1.json": b"{}"}))
    assert ran.exit_code == 1
    assert "100000000099/eu-west-1.json was added" in ran.stdout


def swapped(members: Members, name: str, old: str, new: str) -> Members:
    """The members with a text in one of them exchanged, and all digests made to fit."""
    text = members[name].decode()
    assert old in text
    return forged({**members, name: text.replace(old, new).encode()})


def test_changed_facts_do_not_give_the_stored_results(evidence: Path) -> None:
    """Digests can be made to fit; then the facts, put to the controls again, say something else: told by finding."""
    members = swapped(unpacked(evidence), PLACE, '"encrypted":true', '"encrypted":false')
    ran = verify(packed(evidence, members))
    assert ran.exit_code == 1
    line = next(line for line in ran.stdout.splitlines() if "BACKUP_RECOVERY_POINT_ENCRYPTED" in line)
    assert "the results say COMPLIANT, evaluated again it is NON_COMPLIANT" in line


def test_prettier_results_are_not_what_the_facts_give(evidence: Path) -> None:
    """A failure made to hold, one taken out, a count mended: each is told."""
    members = unpacked(evidence)
    report = json.loads(members["results/report.json"])
    bad = [one for one in report["findings"] if one["status"] == "NON_COMPLIANT"]
    bad[0]["status"], bad[1]["reason"] = "COMPLIANT", "all is well"
    report["findings"].remove(bad[2])
    count = report["summary"]["non_compliant"]
    report["summary"]["non_compliant"] = count - 2
    ran = verify(packed(evidence, forged({**members, "results/report.json": json.dumps(report).encode()})))
    assert ran.exit_code == 1
    for words in (
        "the results say COMPLIANT, evaluated again it is NON_COMPLIANT",
        "the results give another reason",
        "the results do not have it, evaluated again it is NON_COMPLIANT",
        f"summary: non_compliant is {count - 2} in the results, {count} evaluated again",
    ):
        assert words in ran.stdout


def test_a_careful_forger_lacks_the_key(evidence: Path, public: Path, troubled: Result, builds: Any) -> None:
    """Facts and results that agree, with all digests made to fit, are not what was signed."""
    prod, *others = troubled.facts.places
    better = replace(troubled.facts, places=(replace(prod, resources=()), *others))
    fresh = b"".join(pieces(judge(better, troubled.controls, troubled.parameters), builds.make()))
    other = evidence.with_name("forged.zip")
    other.write_bytes(fresh)
    forged_members = {**unpacked(other), bundle.SIGNATURE: unpacked(evidence)[bundle.SIGNATURE]}
    ran = verify(packed(other, forged_members))
    assert ran.exit_code == 0  # nobody asked for a signature
    ran = verify(other, "--public-key", public)
    assert ran.exit_code == 1
    assert "what was signed is another manifest" in ran.stdout


def test_who_asks_for_a_signature_gets_one(evidence: Path, tmp_path: Path, troubled: Result, builds: Any) -> None:
    """With a key named, a bundle that is not signed, or by another key, does not hold."""
    other = tmp_path / "other.pub"
    other.write_bytes(keys.new().public.pem())
    ran = verify(evidence, "--public-key", other)
    assert ran.exit_code == 1
    assert "by none of the keys that were named" in ran.stdout
    evidence.write_bytes(b"".join(pieces(troubled, builds.make())))
    ran = verify(evidence, "--public-key", other)
    assert ran.exit_code == 1
    assert "it is not signed" in ran.stdout


def test_another_build_or_clock_is_told(evidence: Path) -> None:
    """Build, organization and times of the manifest are those of the inputs."""
    members = unpacked(evidence)
    manifest = json.loads(members["manifest.json"])
    for name, value, words in (
        ("build", "0" * 32, "the build is "),
        ("organization", "o-other00001", "the organization is o-acme0001 by the facts, o-other00001 by the manifest"),
        ("started", "2020-01-01T00:00:00+00:00", "the begin of the audit is 2026-11-22T12:00:00+00:00 by the facts"),
    ):
        document = json.dumps({**manifest, name: value}).encode()
        ran = verify(packed(evidence, {**members, "manifest.json": document}))
        assert ran.exit_code == 1
        assert words in ran.stdout


def test_an_index_that_is_not_the_builds_is_told(evidence: Path) -> None:
    """The index in the bundle has the digest that the build is known by."""
    ran = verify(packed(evidence, swapped(unpacked(evidence), "inputs/build.json", "payments-prod", "payments-test")))
    assert ran.exit_code == 1
    assert "the build's index has the digest" in ran.stdout


def test_another_version_of_a_control_is_told(evidence: Path) -> None:
    """Controls are known by the digest of their definition; where the results are the same, that is only a remark."""
    members = unpacked(evidence)
    controls = json.loads(members["inputs/controls.json"])
    controls["controls"][0]["version"] = "0" * 32
    members = forged({**members, "inputs/controls.json": json.dumps(controls).encode()})
    ran = verify(packed(evidence, members))
    assert ran.exit_code == 0
    assert "is another control in this version of Backstay" in ran.stdout
    controls["controls"][0]["name"] = "control-of-tomorrow"
    members = forged({**members, "inputs/controls.json": json.dumps(controls).encode()})
    ran = verify(packed(evidence, members))
    assert ran.exit_code == 1
    assert "control-of-tomorrow is another control" in ran.stdout


def test_a_wrong_root_is_told(evidence: Path) -> None:
    """The root is that of the files."""
    members = unpacked(evidence)
    document = {**json.loads(members["manifest.json"]), "root": "0" * 64}
    ran = verify(packed(evidence, {**members, "manifest.json": json.dumps(document).encode()}))
    assert ran.exit_code == 1
    assert "the manifest says 000000" in ran.stdout


def test_the_root_is_that_of_rfc_6962() -> None:
    """Three leaves: the first two are joined, then the third; nothing else has the same root."""
    files = [EvidenceFile(path=name, sha256=sha256(name.encode()).hexdigest(), size=1) for name in ("a", "b", "c")]
    spelt = [b"\x00" + f'{{"path":"{it.path}","sha256":"{it.sha256}","size":1}}'.encode() for it in files]
    a, b, c = (sha256(one).digest() for one in spelt)
    wanted = sha256(b"\x01" + sha256(b"\x01" + a + b).digest() + c).hexdigest()
    assert merkle.root(files) == merkle.root(files[::-1]) == wanted
    assert len({merkle.root(files[:number]) for number in range(4)}) == 4


def _named(name: str) -> Callable[[Path, Members], Path]:
    return lambda path, members: packed(path, {**members, name: b"{}"})


def _raw(content: bytes) -> Callable[[Path, Members], Path]:
    def make(path: Path, _: Members) -> Path:
        path.write_bytes(content)
        return path

    return make


def _with(name: str, content: bytes) -> Callable[[Path, Members], Path]:
    return lambda path, members: packed(path, {**members, name: content})


def _promising(path: Path, members: Members) -> Path:
    """The last member's header says that it unpacks to 3 GiB."""
    packed(path, members)
    content = bytearray(path.read_bytes())
    start = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, start + 24, 3 << 30)
    path.write_bytes(content)
    return path


def _bomb(path: Path, members: Members) -> Path:
    """Two megabytes that unpack to two gigabytes."""
    with (
        zipfile.ZipFile(packed(path, members), "a", zipfile.ZIP_DEFLATED) as file,
        file.open("inputs/places/1/x.json", "w", force_zip64=True) as member,
    ):
        for _ in range(2200):
            member.write(bytes(1 << 20))
    return path


def _damaged(path: Path, members: Members) -> Path:
    packed(path, members)
    content = bytearray(path.read_bytes())
    place = content.index(b"inputs/facts.json") + 40
    content[place : place + 8] = b"\xff" * 8
    path.write_bytes(content)
    return path


def _twice(path: Path, members: Members) -> Path:
    packed(path, members)
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("inputs/facts.json", b"{}")
    return path


def _listed_twice(path: Path, members: Members) -> Path:
    document = json.loads(members["manifest.json"])
    document["files"].insert(0, {**document["files"][0], "sha256": "0" * 64})
    return packed(path, {**members, "manifest.json": json.dumps(document).encode()})


UNREADABLE: Mapping[str, tuple[Callable[[Path, Members], Path], str]] = {
    "empty": (_raw(b""), "it is no zip file"),
    "no zip": (_raw(b"hello" * 100), "it is no zip file"),
    "way out": (_named("../../etc/cron.d/x"), "has a name that no bundle has"),
    "absolute": (_named("/etc/passwd"), "has a name that no bundle has"),
    "backslash": (_named("..\\x"), "has a name that no bundle has"),
    "drive": (_named("C:/x"), "has a name that no bundle has"),
    "folder": (_named("inputs/places/"), "has a name that no bundle has"),
    "escape": (_named("inputs/\x1b[31m"), "has a name that no bundle has"),
    "twice": (_twice, "inputs/facts.json is in it twice"),
    "promise": (_promising, "it would unpack to"),
    "damaged": (_damaged, "inputs/facts.json is damaged"),
    "manifest": (_with("manifest.json", b"[]"), "manifest.json is not what this version reads"),
    "deep manifest": (_with("manifest.json", b"[" * 200_000), "manifest.json is not what this version reads"),
    "next version": (
        _with("manifest.json", b'{"version":2}'),
        "manifest.json is not what this version reads: version",
    ),
    "listed twice": (_listed_twice, "manifest.json lists inputs/build.json twice"),
    "signature": (_with("signature.dsse.json", b"{}"), "signature.dsse.json is no DSSE envelope"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_is_no_bundle_is_refused_in_one_sentence(evidence: Path, case: str) -> None:
    """Broken files, paths that lead out, bombs and forms of tomorrow: 2, one sentence, and nothing is unpacked."""
    make, words = UNREADABLE[case]
    before = set(evidence.parent.rglob("*"))
    ran = verify(make(evidence, unpacked(evidence)))
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert "\x1b" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert set(evidence.parent.rglob("*")) == before


@pytest.mark.long
def test_a_bomb_is_not_inflated(evidence: Path) -> None:
    """Two gigabytes of zeros are refused by what their header promises, and not by trying."""
    path = _bomb(evidence, unpacked(evidence))
    start = time.process_time()
    ran = verify(path)
    assert ran.exit_code == 2
    assert "--max-size allows more" in ran.stderr
    assert time.process_time() - start < 2


def test_facts_that_do_not_fit_this_version_are_refused(evidence: Path) -> None:
    """Digests that fit around facts that are none: the member that is wrong is named."""
    members = swapped(unpacked(evidence), PLACE, '"account":"100000000010"', '"account":[]')
    ran = verify(packed(evidence, members))
    assert ran.exit_code == 2
    assert "holds no facts that this version reads: account" in ran.stderr


def test_facts_lie_where_they_belong(evidence: Path) -> None:
    """The facts of one account cannot stand in for those of another."""
    members = swapped(unpacked(evidence), PLACE, '"account":"100000000010"', '"account":"100000000011"')
    ran = verify(packed(evidence, members))
    assert ran.exit_code == 2
    assert f"{PLACE} holds the facts of 100000000011 in eu-central-1" in ran.stderr


def test_a_file_that_is_not_there_is_2(tmp_path: Path) -> None:
    """So is a folder, and a public key that is none."""
    assert verify(tmp_path / "none.zip").exit_code == 2
    assert verify(tmp_path).exit_code == 2
    (tmp_path / "bad.pub").write_text("no key")
    assert verify(tmp_path / "none.zip", "--public-key", tmp_path / "bad.pub").exit_code == 2
