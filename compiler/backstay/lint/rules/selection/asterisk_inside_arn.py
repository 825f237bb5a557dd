"""An asterisk where one text of AWS allows none."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.arn_forms import fields, is_form
from backstay.lint.comparisons import author_name, named
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide


class AsteriskInsideArn(Rule):
    """An asterisk stands at the end."""

    CODE = "SEL034"
    NAME = "asterisk-inside-arn"
    SEVERITY = "warning"
    SUMMARY = "An ARN pattern with an asterisk before or within a name"
    WHY = (
        "Two texts of AWS disagree: the guide lets an asterisk stand anywhere, the API reference only at the end, and "
        "names `arn:aws:s3:::*-logs` as one that is not supported. If the reference is right, the selection takes "
        "nothing. A whole Region or account may be an asterisk by both."
    )
    SOURCES = (api("BackupSelection"), guide("assigning-resources-json"))
    VALID = (
        'Select("logs", where=resource("arn:aws:s3:::logs-*"))',
        'Select("orders", where=resource("arn:aws:dynamodb:*:*:table/orders*"))',
        'Select("hosts", where=resource("arn:aws:ec2:*"))',
    )
    INVALID = (
        'Select("logs", where=resource("arn:aws:s3:::*-logs"))',
        'Select("orders", where=resource("arn:aws:dynamodb:eu-*:*:table/orders"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Patterns of the author's own."""
        for site in context.selections:
            for one in named(site):
                if _inside(one.arn) and not is_form(one.arn):
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{author_name(site)}` has an asterisk inside `{one.arn}`, which AWS may not take",
                        label="AWS's texts disagree on this",
                        help="end the pattern with its asterisk, or select by a tag",
                        span=one.span,
                    )


def _inside(arn: str) -> bool:
    """Whether an asterisk is neither the last character nor a whole Region or account."""
    found = fields(arn.removesuffix("*"))
    return any("*" in text and not (number in (3, 4) and text == "*") for number, text in enumerate(found))
