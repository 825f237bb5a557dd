"""What Organizations asks of a rule's schedule, judged at the moment when a policy is created or updated.

It looks at the next two occurrences only: at least an hour apart, at least 28 days where the archive tier is opted
into; a schedule with fewer than two left is refused. The year may be missing, what stands behind it is not read.
(Recorded admissions around time boundaries and finite years, published 2026-09.)
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import islice

from backstay_aws import cron

APART = timedelta(hours=1)
ARCHIVE_APART = timedelta(days=28)

# Forms of a day that Organizations was seen to admit and that are outside the documented grammar: their
# occurrences are not known here, so they are not judged.
_UNREAD = (
    re.compile(r"L-[0-9]+W|[0-9]+-[0-9]+W|[0-9]+W(,[0-9]+W)+", re.IGNORECASE),
    re.compile(r"[^/]+/[0-9]+|[^#L]*#[1-5](,[^#L]+)+|([^#L]+,)+[^#L]+#[1-5]", re.IGNORECASE),
)


def schedule_flaw(text: str, now: datetime | None, *, archive: bool) -> str | None:
    """What is wrong with a schedule; None where nothing is, or where it cannot be told.

    Without `now` only what is wrong at any time is told. `now` must be aware.
    """
    try:
        parsed = _parse(text)
    except cron.CronError as error:
        return f"is no schedule: {error.message}"
    if parsed is None or now is None:
        return None
    coming = list(islice(parsed.fires(now), 2))
    if len(coming) < 2:
        count = "once more" if coming else "never again"
        return f"fires {count} after {now:%Y-%m-%d}; at least two times must be left"
    apart, least = coming[1] - coming[0], ARCHIVE_APART if archive else APART
    if apart >= least:
        return None
    asked = "28 days apart, as the archive tier is opted into" if archive else "an hour apart"
    return f"fires at {coming[0]:%Y-%m-%d %H:%M} and again at {coming[1]:%Y-%m-%d %H:%M}; they must be at least {asked}"


def archive_flaw(text: str, now: datetime | None) -> bool:
    """Whether the next two occurrences are too close for the archive tier; a schedule that has run out is not."""
    try:
        parsed = _parse(text)
    except cron.CronError:
        return False
    coming = list(islice(parsed.fires(now), 2)) if parsed is not None and now is not None else []
    return len(coming) == 2 and coming[1] - coming[0] < ARCHIVE_APART


def _parse(text: str) -> cron.Cron | None:
    """The schedule; None where it is written in a form that is admitted but not understood here."""
    if not (text.startswith("cron(") and text.endswith(")")):
        return cron.parse(text)
    fields = text[5:-1].split()
    if len(fields) < 5:
        return cron.parse(text)
    six = [*fields, "*"][:6]
    try:
        return cron.parse(f"cron({' '.join(six)})")
    except cron.CronError:
        if any(form.fullmatch(field) for form, field in zip(_UNREAD, (six[2], six[4]), strict=True)):
            return None
        raise
