"""What the importer wrote, compiled once as a trial: whether it compiles, and which mistakes it has from its source.

It stands above the pipeline, which it runs, and so apart from the importer, which stands below (2026-11-29).
"""

from backstay.trial.check import Outcome, check

__all__ = ["Outcome", "check"]
