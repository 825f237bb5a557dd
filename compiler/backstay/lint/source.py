"""Where the knowledge of a rule comes from."""

from __future__ import annotations

from dataclasses import dataclass

READ = "2026-11"
_GUIDE = "https://docs.aws.amazon.com/aws-backup/latest/devguide/"


@dataclass(frozen=True, slots=True)
class Source:
    """A reference with the month in which it was read, or a reason that nobody needs to read up."""

    title: str
    uri: str | None = None
    read: str = READ

    def __str__(self) -> str:
        place = f" <{self.uri}>" if self.uri else ""
        return f"{self.title}{f', read {self.read}' if self.read else ''}{place}"


def guide(page: str) -> Source:
    """A page of the AWS Backup developer guide."""
    return Source(f"AWS Backup developer guide, {page}", f"{_GUIDE}{page}.html")


def api(shape: str) -> Source:
    """An action or type of the AWS Backup API reference."""
    return Source(f"AWS Backup API reference, {shape}", f"{_GUIDE}API_{shape}.html")


def seen(what: str) -> Source:
    """An observation that no page of AWS states."""
    return Source(what)


def plain(reason: str) -> Source:
    """Something that follows from the meaning of the words alone."""
    return Source(f"follows: {reason}", read="")
