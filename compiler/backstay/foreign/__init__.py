"""Configuration that is no policy (templates, Terraform, backup policies, plan JSON) as the model that rules look at.

What a file leaves open is filled in three times, each time otherwise (`fill.py`): a finding that does not depend on
what was filled in is there all three times. So nothing is said of what cannot be decided, and everything of what can.
It is no round about policy source, as the importer makes it: that would cost a process for each template (2026-11-29).
"""

from backstay.foreign.fill import READINGS
from backstay.foreign.model import Foreign, conditional, models

__all__ = ["READINGS", "Foreign", "conditional", "models"]
