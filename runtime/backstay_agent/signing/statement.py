"""What a signature says of a build, and whether a build is what a signature says. Pure, over digests of its files."""

from __future__ import annotations

from collections.abc import Mapping

from backstay_agent.wanted import Build
from backstay_contract.canonical import compact
from backstay_contract.signature import SignedBuild, Statement, Subject

# Where CI systems tell the commit that they work on. Sources: their own pages on predefined variables, read 2026-11.
REVISIONS: tuple[str, ...] = (
    "GITHUB_SHA",
    "CI_COMMIT_SHA",  # GitLab
    "BITBUCKET_COMMIT",
    "BUILD_SOURCEVERSION",  # Azure Pipelines
    "CODEBUILD_RESOLVED_SOURCE_VERSION",
    "CIRCLE_SHA1",
    "GIT_COMMIT",  # Jenkins
)


def state(build: Build, files: Mapping[str, str], environment: Mapping[str, str]) -> Statement:
    """The statement about a build. `files`: the SHA-256 of each covered file by its path."""
    revision = next((environment[name] for name in REVISIONS if environment.get(name)), None)
    return Statement(
        subject=tuple(Subject(name=name, digest={"sha256": digest}) for name, digest in sorted(files.items())),
        predicate=SignedBuild(build=build.digest, organization=build.index.organization.id, revision=revision),
    )


def spelt(statement: Statement) -> bytes:
    """The bytes of a statement that are signed."""
    return compact(statement.model_dump(mode="json", by_alias=True, exclude_none=True))


def changed(statement: Statement, files: Mapping[str, str]) -> str | None:
    """In which file a folder is not what was signed; None if it is. `files`: the SHA-256 of each by its path."""
    signed = {subject.name: subject.digest.get("sha256") for subject in statement.subject}
    for name in sorted(signed.keys() | files.keys()):
        if name not in signed:
            return f"{name} was added after it was signed"
        if name not in files:
            return f"{name} was taken out after it was signed"
        if files[name] != signed[name]:
            return f"{name} was changed after it was signed"
    return None


def about_another(statement: Statement, build: Build) -> str | None:
    """Why a statement is not about the build that was read; None if it is.

    The digest names the index, and through it every shape, so nothing can have been exchanged while it was read.
    """
    said, organization = statement.predicate, build.index.organization.id
    if said.organization != organization:
        return f"the signature is for the organization {said.organization}, not {organization}"
    if said.build != build.digest:
        return f"the signature is for the build {said.build}, not {build.digest}"
    return None
