"""The commands under `backstay local`. Only their one-line help stands here, since `backstay --help` reads this."""

SUMMARIES: dict[str, str] = {"local": "the embedded AWS: up, down, seed, clock, faults, check"}
