"""Signed builds: what is signed, who may have signed, and that nothing else is acted on."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.signing import envelope, keys
from backstay_contract import schema
from backstay_contract.covered import SIGNATURE
from backstay_contract.signature import Envelope

PAYMENTS, REGION = "100000000010", "eu-central-1"
Run = Callable[..., Result]


def test_the_encoding_is_the_specifications() -> None:
    """The example of DSSE's protocol.md."""
    told = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert envelope.encoded(b"hello world", "http://example.com/HelloWorld") == told


def test_the_specifications_own_signature_holds() -> None:
    """The test vector of DSSE's protocol.md: a key, a payload, and the signature over them."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    x = 46950820868899156662930047687818585632848591499744589407958293238635476079160
    y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
    raw = base64.b64decode("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==")
    key = keys.PublicKey(EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key())
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    assert key.fits(envelope.encoded(b"hello world", "http://example.com/HelloWorld"), signature)


@given(st.binary(max_size=40), st.binary(max_size=40), st.text(max_size=8), st.text(max_size=8))
def test_no_two_payloads_are_signed_alike(one: bytes, other: bytes, kind: str, another: str) -> None:
    """Different payloads or types have different encodings, so a signature cannot be moved from one to another."""
    same = (one, kind) == (other, another)
    assert (envelope.encoded(one, kind) == envelope.encoded(other, another)) is same


@given(st.binary(max_size=60))
def test_what_is_sealed_opens_with_its_key_alone(payload: bytes) -> None:
    """The right key gives the payload back, another key nothing."""
    mine, other = keys.new(), keys.new()
    sealed = envelope.seal(payload, mine.sign(envelope.encoded(payload)), "mine")
    assert envelope.opened(sealed, [other.public, mine.public]) == payload
    assert envelope.opened(sealed, [other.public]) is None
    assert envelope.opened(sealed, []) is None


def test_both_alphabets_of_base64_are_read() -> None:
    """The specification lets a signer choose the alphabet for URLs."""
    key, payload = keys.new(), b"\xfb\xff\xfe>>>???"
    signature = base64.urlsafe_b64encode(key.sign(envelope.encoded(payload))).decode()
    text = base64.urlsafe_b64encode(payload).decode()
    sealed = Envelope.model_validate(
        {"payload": text, "payloadType": envelope.PAYLOAD_TYPE, "signatures": [{"sig": signature}]}
    )
    assert envelope.opened(sealed, [key.public]) == payload


def pair(run: Run, name: str = "ci") -> str:
    """A pair of keys in files, `NAME.pem` and `NAME.pub`."""
    assert run("sign", "--new-key", name).exit_code == 0
    return name


@pytest.fixture
def signed(run: Run, builds: Any) -> Path:
    """A build that the key `ci` has signed."""
    folder: Path = builds.write(Path("build"))
    pair(run)
    result = run("sign", folder, "--key", "ci.pem")
    assert result.exit_code == 0, result.stderr
    return folder


def test_a_private_key_is_its_owners_alone(run: Run) -> None:
    """Nobody else may read the file; a pair that is there is never overwritten."""
    pair(run)
    assert stat.S_IMODE(Path("ci.pem").stat().st_mode) == 0o600
    again = run("sign", "--new-key", "ci")
    assert (again.exit_code, again.stderr) == (2, "error: ci.pem exists; name another prefix\n")


def test_a_signed_build_is_planned_and_applied(cloud: Any, run: Run, signed: Path) -> None:
    """With the right key among those that are trusted, all goes on as without."""
    pair(run, "other")
    demand = ("--require-signature", "other.pub", "--require-signature", "ci.pub")
    assert run("plan", signed, "-o", "plan.json", *demand).exit_code == 0
    assert run("apply", "plan.json", "--yes", *demand).exit_code == 0
    assert cloud.state()["plans"]


@pytest.mark.parametrize("name", ["plan", "apply", "backup", "copy", "restore_test", "audit"])
def test_no_command_takes_an_unsigned_build(name: str, run: Run, builds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each refuses with 4 before it says a word to AWS, whether the option or the environment demands the signature."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    builds.write(Path("build"))
    pair(run)
    by_option = run(name, "build", "--require-signature", "ci.pub")
    monkeypatch.setenv("BACKSTAY_REQUIRE_SIGNATURE", "ci.pub")
    by_environment = run(name, "build")
    for result in (by_option, by_environment):
        assert (result.exit_code, result.stderr) == (4, "refused: build: it is not signed\n")


def _shape(folder: Path) -> Path:
    return next((folder / "shapes").iterdir())


def _exchange_policy(folder: Path) -> None:
    document = json.loads((folder / SIGNATURE).read_bytes())
    statement = json.loads(base64.b64decode(document["payload"]))
    statement["predicate"]["build"] = "0" * 32
    document["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    (folder / SIGNATURE).write_text(json.dumps(document))


def _organizations(folder: Path) -> None:
    (folder / "organizations").mkdir()
    (folder / "organizations" / "attachments.json").write_text("{}")


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "index": (
        lambda at: (at / "index.json").write_bytes((at / "index.json").read_bytes() + b" "),
        "index.json was changed",
    ),
    "shape": (lambda at: _shape(at).write_bytes(_shape(at).read_bytes() + b"\n"), "was changed after"),
    "shape-gone": (lambda at: _shape(at).unlink(), "was taken out"),
    "shape-more": (lambda at: (at / "shapes" / "x.json").write_text("{}"), "shapes/x.json was added"),
    "organizations": (_organizations, "organizations/attachments.json was added"),
    "provenance": (lambda at: (at / "provenance.json").write_text("{}"), "provenance.json was added"),
    "promises": (lambda at: (at / "promises.json").write_text("{}"), "promises.json was added"),
    "payload": (_exchange_policy, "none of the keys"),
    "broken": (lambda at: (at / SIGNATURE).write_text("{"), "is no DSSE envelope"),
    "empty": (
        lambda at: (at / SIGNATURE).write_text('{"payload": "", "payloadType": "x", "signatures": []}'),
        "no DSSE",
    ),
    "unsigned": (lambda at: (at / SIGNATURE).unlink(), "it is not signed"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_is_changed_is_refused(name: str, run: Run, signed: Path) -> None:
    """Every file that the agent reads is covered: changed, added or taken out, the build is refused, with the file."""
    change, sentence = CHANGES[name]
    change(signed)
    result = run("plan", signed, "--require-signature", "ci.pub")
    assert result.exit_code == 4
    assert sentence in result.stderr
    assert run("sign", "--verify", signed, "--public-key", "ci.pub").exit_code in (1, 2)


def test_another_builds_signature_does_not_fit(run: Run, builds: Any, signed: Path) -> None:
    """A signature cannot be carried over to a build of another content."""
    other = builds.write(Path("other"), lambda body: body["plans"][0]["BackupPlanTags"].clear())
    (other / SIGNATURE).write_bytes((signed / SIGNATURE).read_bytes())
    assert run("plan", other, "--require-signature", "ci.pub").exit_code == 4


def test_what_people_read_is_not_covered(cloud: Any, run: Run, signed: Path) -> None:
    """The folders of accounts repeat the shapes; the agent never opens them, so they may differ or be left out."""
    (signed / "accounts").mkdir()
    (signed / "accounts" / "note.txt").write_text("reviewed")
    assert run("plan", signed, "--require-signature", "ci.pub").exit_code == 0


def test_a_demand_that_cannot_be_checked_is_not_met(run: Run, signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is missing, private, or named by an empty variable ends the command instead of being passed over."""
    assert run("plan", signed, "--require-signature", "gone.pub").exit_code == 2
    told = run("plan", signed, "--require-signature", "ci.pem")
    assert (told.exit_code, "name the public one" in told.stderr) == (2, True)
    monkeypatch.setenv("BACKSTAY_REQUIRE_SIGNATURE", "")
    assert run("plan", signed).exit_code == 2


def test_verify_tells_what_was_signed(run: Run, builds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The build, the organization, and the commit that the CI system told; the statement follows its schemas."""
    from jsonschema import Draft202012Validator

    folder = builds.write(Path("build"))
    pair(run)
    monkeypatch.setenv("GITHUB_SHA", "c0ffee")
    run("sign", folder, "--key", "ci.pem", "--key-id", "release")
    told = run("sign", "--verify", folder, "--public-key", "ci.pub")
    assert told.exit_code == 0
    assert told.stdout.endswith("of o-acme0001, from revision c0ffee\n")
    document = json.loads((folder / SIGNATURE).read_bytes())
    statement = json.loads(base64.b64decode(document["payload"]))
    Draft202012Validator(schema.load("signature-envelope")).validate(document)
    Draft202012Validator(schema.load("signature-statement")).validate(statement)
    assert document["signatures"][0]["keyid"] == "release"
    assert statement["_type"] == "https://in-toto.io/Statement/v1"


def test_a_second_signature_stands_beside_the_first(run: Run, signed: Path) -> None:
    """Two keys may sign one build; each is enough, and the same key again replaces its own."""
    pair(run, "second")
    for _ in range(2):
        run("sign", signed, "--key", "second.pem")
    assert len(json.loads((signed / SIGNATURE).read_bytes())["signatures"]) == 2
    for name in ("ci.pub", "second.pub"):
        assert run("sign", "--verify", signed, "--public-key", name).exit_code == 0


def test_a_key_of_openssl_signs_too(run: Run, builds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """ECDSA over P-256, encrypted, from the environment; the passphrase is needed, and a wrong curve is told."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    folder = builds.write(Path("build"))
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open sesame"))
    monkeypatch.setenv("KEY", secret.decode())
    assert "it is encrypted" in run("sign", folder, "--key", "env:KEY").stderr
    monkeypatch.setenv("BACKSTAY_SIGNING_PASSPHRASE", "open sesame")
    assert run("sign", folder, "--key", "env:KEY", "--save-public-key", "p256.pub").exit_code == 0
    assert run("sign", "--verify", folder, "--public-key", "p256.pub").exit_code == 0
    other = ec.generate_private_key(ec.SECP384R1())
    monkeypatch.setenv("KEY", keys.PrivateKey(other).pem().decode())
    monkeypatch.delenv("BACKSTAY_SIGNING_PASSPHRASE")
    assert "another kind than Ed25519 or ECDSA P-256" in run("sign", folder, "--key", "env:KEY").stderr


def test_a_key_of_kms_signs(cloud: Any, run: Run, builds: Any) -> None:
    """KMS signs, and its public key, saved as PEM, is what agents demand."""
    folder = builds.write(Path("build"))
    kms = cloud.client("kms", "100000000001")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    result = run("sign", folder, "--kms-key", key, "--save-public-key", "kms.pub")
    assert result.exit_code == 0, result.stderr
    assert run("plan", folder, "--require-signature", "kms.pub").exit_code == 0
    symmetric = kms.create_key()["KeyMetadata"]["Arn"]
    assert "does not sign with ECDSA_SHA_256" in run("sign", folder, "--kms-key", symmetric).stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("build",), "choose one of --key, --kms-key, --verify and --new-key"),
        (("build", "--key", "a", "--verify"), "choose one of"),
        (("--key", "ci.pem"), "name the build"),
        (("build", "--verify"), "--verify needs a --public-key"),
        (("build", "--kms-key", "alias/x"), "is not the ARN of a key of KMS"),
        (("nowhere", "--key", "ci.pem"), "nowhere is not a build"),
        (("build", "--key", "gone.pem"), "the key gone.pem cannot be read"),
        (("build", "--key", "ci.pub"), "it holds no private key"),
        (("build", "--key", "env:NOT_THERE"), "the environment has no NOT_THERE"),
    ],
)
def test_wrong_usage_is_told(run: Run, builds: Any, arguments: tuple[str, ...], sentence: str) -> None:
    """Exit 2, a sentence, and no signature."""
    builds.write(Path("build"))
    pair(run)
    result = run("sign", *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert not (Path("build") / SIGNATURE).exists()
