"""A vault that lets in whom AWS does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backstay.ir import ACCOUNT
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.vault_statements import PolicyStatement, account_of, policy_statements
from backstay_aws.policy_document import values

_ORGANIZATION = "aws:principalorgid"
_EQUAL = ("stringequals", "stringequalsignorecase", "stringlike")


class StrangerInVaultPolicy(Rule):
    """Copies come from the own organization only."""

    CODE = "VLT059"
    NAME = "stranger-in-vault-policy"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A vault access policy that lets in an account or an organization that is not ours"
    WHY = (
        "AWS copies between accounts of one organization only, so today the statement has no effect: either the id is "
        "misspelt and the account that was meant is refused, or the account has left. An auditor reads the vault as "
        "open to strangers."
    )
    SOURCES = (guide("create-cross-account-backup"),)
    VALID = (
        'Vault("cage", access=Access.allow_copies_from(organization=True))',
        'Vault("cage", access=Access.allow_copies_from(accounts=["app", "100000000001"]))',
    )
    INVALID = (
        'Vault("cage", access=Access.allow_copies_from(accounts=["999999999999"]))',
        'Vault("cage", access=Access.allow_copies_from(organization="o-somebodyelse"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """What statements allow, against the organization file."""
        for one in policy_statements(context):
            if not one.allows:
                continue
            accounts = dict.fromkeys(map(account_of, one.principals))
            strangers = [id_ for id_ in accounts if id_ not in (None, ACCOUNT) and id_ not in context.model.accounts]
            others = [id_ for id_ in _organizations(one) if id_ != context.model.organization]
            for what, id_ in [
                *(("account", str(id_)) for id_ in strangers),
                *(("organization", id_) for id_ in others),
            ]:
                yield self.problem(
                    one.site,
                    "access",
                    f"{one.called} lets in {what} {id_}, which is not "
                    + ("in organization " if what == "account" else "")
                    + context.model.organization,
                    label="a stranger",
                    help="mend the id or drop it"
                    + ("; `organization=True` is our own" if what == "organization" else ""),
                    span=context.within(one.site.where.field("access"), id_),
                )


def _organizations(one: PolicyStatement) -> Iterator[str]:
    """The organizations to which a condition limits the statement."""
    condition = one.body.get("Condition")
    for operator, keys in condition.items() if isinstance(condition, Mapping) else ():
        if str(operator).casefold().removesuffix("ifexists") in _EQUAL and isinstance(keys, Mapping):
            for key, wanted in keys.items():
                if str(key).casefold() == _ORGANIZATION:
                    yield from (value for value in values(wanted) if not {"*", "?", "$"} & set(value))
