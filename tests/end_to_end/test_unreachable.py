"""An endpoint at which nobody answers: one sentence, exit code 2, and nothing that was there is touched."""

from __future__ import annotations

from typing import Any

import pytest

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI"}
POINT = "arn:aws:backup:eu-west-1:200000000010:recovery-point:0f5d3c0e-1c2f-4a57-9c3c-6a7d2f0e9b11"
COMMANDS = [
    ("plan", "build", "-o", "plan.json"),
    ("apply", "build", "--yes"),
    ("backup", "build"),
    ("copy", "build"),
    ("audit", "build", "-o", "audit.txt"),
    ("restore", POINT),
    ("org", "pull", "-o", "policies/org.yaml"),
    ("org", "bootstrap"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(words[:2]) for words in COMMANDS])
def test_nobody_answers(words: tuple[str, ...], built: Any) -> None:
    """The sentence names the endpoint; no file appears or changes, the organization file of a pull least of all."""
    before = built.files(".")
    done = built(*words, "--endpoint-url", "http://127.0.0.1:9", **KEYS)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: no answer at http://127.0.0.1:9")
    assert len(done.stderr.splitlines()) == 1
    assert built.files(".") == before


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1", "http://127.0.0.1:99999"])
def test_what_is_no_endpoint(url: str, built: Any) -> None:
    """An address that means nothing is told as it was written."""
    done = built("plan", "build", "--endpoint-url", url, **KEYS)
    assert (done.returncode, done.stdout) == (2, "")
    assert url in done.stderr


def test_nobody_to_sign_for(built: Any) -> None:
    """Without credentials the sentence says where they could come from."""
    done = built("plan", "build", "--endpoint-url", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "no AWS credentials: configure them, name a --profile, or use --local" in done.stderr


@pytest.mark.parametrize(
    "words", [("status",), ("down",), ("clock", "show"), ("check",), ("seed", "policies/org.yaml")]
)
def test_no_embedded_aws(words: tuple[str, ...], startup: Any) -> None:
    """The commands of the embedded AWS say that none answers there."""
    done = startup("local", *words, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no embedded AWS answers at http://127.0.0.1:9" in done.stderr
