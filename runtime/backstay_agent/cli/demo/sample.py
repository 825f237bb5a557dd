"""The sample organization that the demo plays on: in the wheel beside the agent, in a checkout among the policies."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import backstay_agent


def folder(name: str) -> Path:
    """The folder of a reference policy; `FileNotFoundError` if this installation has none."""
    packed = Path(str(resources.files(backstay_agent))) / "reference" / name
    checkout = Path(backstay_agent.__file__).parents[2] / "policies" / "reference" / name
    for candidate in (packed, checkout):
        if (candidate / "org.yaml").is_file():
            return candidate
    raise FileNotFoundError(f"the reference policy {name} is missing from this installation")
