"""Whether the build is of a format that this agent knows, and signed, where that is demanded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backstay_agent.doctor.check import Check
from backstay_agent.doctor.lines import Line, count, ok, problem, skipped
from backstay_agent.doctor.look import Look


@dataclass(frozen=True, slots=True)
class Facts:
    """The build's format, digest and size, and what came of its signature (as `Look.signature`)."""

    format: int
    digest: str
    accounts: int
    signature: str | None


def read(look: Look) -> Facts:
    """The build was read, with its schemas and digests, before anything else."""
    build = look.build
    assert build is not None, "the check is asked only of a build"
    return Facts(build.index.format, build.digest, len(build.index.accounts), look.signature)


def judge(facts: Facts) -> Iterator[Line]:
    """It was read, and its signature holds."""
    yield ok(f"build {facts.digest}, format {facts.format}, of {count(facts.accounts, 'account')}")
    if facts.signature is None:
        yield skipped("no signature is demanded (--require-signature)")
    elif facts.signature:
        yield problem(
            f"the build is not to be trusted: {facts.signature}", "backstay sign, in the pipeline that compiles it"
        )
    else:
        yield ok("the build is signed by a key that is trusted here")


CHECK = Check("build", "build", 10, read, judge, of_build=True)
