"""Where AWS is, and who is calling."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_ROLE = "backstay-agent"
BOOTSTRAP_ROLE = "OrganizationAccountAccessRole"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where AWS is and who is calling. Without `keys`, the usual AWS configuration (and `profile`) decides."""

    url: str | None = None
    profile: str | None = None
    region: str | None = None
    keys: tuple[str, str] | None = None
    role_name: str = DEFAULT_ROLE
    role_path: str = "/"
    external_id: str | None = None
