"""A vault access policy that gives other accounts what AWS never does."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws.access_shape import COPY_INTO, DocumentProblem, document_findings


class IneffectiveCrossAccountAction(Rule):
    """From another account only copying in can work."""

    CODE = "VLT036"
    NAME = "ineffective-cross-account-action"
    SEVERITY = "warning"
    SUMMARY = "A vault access policy that allows other accounts more than copying in"
    WHY = (
        "AWS refuses every other action from another account whatever the policy says, so the statement promises "
        "something (restoring from there, listing) that will not work on the day when it is needed."
    )
    SOURCES = (guide("create-cross-account-backup"),)
    VALID = ('Vault("cage", access=Access.allow_copies_from(organization=True))',)
    INVALID = (
        'Vault("cage", access=Access.document({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",\n'
        '    "Principal": {"AWS": "arn:aws:iam::100000000001:root"}, "Action": "backup:StartRestoreJob",\n'
        '    "Resource": "*"}]}))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Actions other than the copy that a statement allows to the outside."""
        for site in context.vaults:
            document = site.vault.policy
            owners = site.shape.accounts[:2]  # what the policy names is outside for one of two accounts at least
            found_for = [found for owner in owners for found in document_findings(document or {}, account=owner)]
            for found in dict.fromkeys(found_for):
                if found.problem is DocumentProblem.EXTRA_CROSS_ACCOUNT_ACTION:
                    yield self.problem(
                        site,
                        "access",
                        f"the access policy of vault `{site.vault.name}` allows other accounts `{found.text}`, "
                        "which AWS refuses all the same",
                        label="has no effect from another account",
                        help=f"allow `{COPY_INTO}` only",
                        span=context.within(site.where.field("access"), found.text),
                    )
