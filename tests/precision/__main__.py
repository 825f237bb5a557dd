"""`python -m tests.precision [FOLDER]`: count what the rules fire on in a folder, and write `docs/precision.md`."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.precision import count, page, verdicts

COUNTS = Path(__file__).with_name("counts.json")
PAGE = Path(__file__).parents[2] / "docs" / "precision.md"


def main(words: Sequence[str]) -> int:
    """Count, if a folder is given; write the page; exit 1 if an error has no verdict, or a verdict no error."""
    parser = argparse.ArgumentParser(prog="python -m tests.precision", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--now", type=datetime.date.fromisoformat, help="the day to judge on; default: today")
    given = parser.parse_args(words)
    if given.folder is not None:
        today = given.now or datetime.datetime.now(datetime.UTC).date()
        COUNTS.write_text(count.dump(count.count(given.folder, today)), "utf-8")
    counts = count.load(COUNTS.read_text("utf-8"))
    said = verdicts.read(verdicts.FILE.read_text("utf-8"))
    PAGE.write_text(page.page(counts, said), "utf-8")
    return _complaints(counts, said)


def _complaints(counts: count.Counts, said: Sequence[verdicts.Verdict]) -> int:
    unread = [error for error in counts.errors if verdicts.of(error, said) is None]
    known = {(error.rule, error.file, error.line) for error in counts.errors}
    stale = [one for one in said if (one.rule, one.file, one.line) not in known]
    for error in unread:
        print(f"no verdict: {error.rule} at {error.file}:{error.line}", file=sys.stderr)
    for one in stale:
        print(f"nothing found any more: {one.rule} at {one.file}:{one.line}", file=sys.stderr)
    return int(bool(unread or stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
