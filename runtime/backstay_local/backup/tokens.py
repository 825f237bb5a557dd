"""Idempotency tokens: the second call with the same token does nothing and answers like the first."""

from __future__ import annotations

import hashlib
import re

import orjson

from backstay_local.backup import errors
from backstay_local.backup.rows import Token
from backstay_local.backup.state import Facts, State
from backstay_local.wire.call import Call

NAMES = ("CreatorRequestId", "IdempotencyToken")
_CREATOR = re.compile(r"[A-Za-z0-9\-_.]{1,50}")


def used(state: State, call: Call, params: Facts) -> Token | None:
    """What a call's token was used for before, if it was; InvalidParameterValueException for one that AWS refuses."""
    creator = params.get("CreatorRequestId")
    if creator is not None and not _CREATOR.fullmatch(creator):
        raise errors.invalid("CreatorRequestId must have 1 to 50 of the characters a-z A-Z 0-9 - _ .")
    token = token_of(params)
    return state.tables.tokens.get(call.account, call.region, call.operation, token) if token else None


def same_call(token: Token, params: Facts) -> bool:
    """Whether the earlier call with this token asked for the same thing."""
    return token.digest == _digest(params)


def repeated(state: State, call: Call, params: Facts) -> Token | None:
    """As `used`, for jobs: a token that comes again for something else is an InvalidParameterValueException."""
    earlier = used(state, call, params)
    if earlier is not None and not same_call(earlier, params):
        raise errors.invalid("The IdempotencyToken was used before with other parameters.")
    return earlier


def remember(state: State, call: Call, params: Facts, subject: str) -> None:
    """Keep a call's token, when it has one, together with what the call made."""
    token = token_of(params)
    if token:
        row = Token(call.account, call.region, call.operation, token, _digest(params), subject)
        state.tables.tokens.put(row)


def forget(state: State, subject: str) -> None:
    """Free the tokens of something that is gone."""
    state.tables.tokens.drop_where("subject = ?", subject)


def token_of(params: Facts) -> str | None:
    """The idempotency token of a request, whichever member carries it."""
    return next((params[name] for name in NAMES if params.get(name)), None)


def digest_of(value: object) -> str:
    """A fingerprint of a JSON value that does not depend on the order of its keys."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _digest(params: Facts) -> str:
    return digest_of({name: value for name, value in params.items() if name not in NAMES})
