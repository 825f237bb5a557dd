"""How accounts and Regions are spelt where a person writes them; whether they exist is another question."""

from __future__ import annotations

import re

ACCOUNT = re.compile(r"\d{12}")
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
