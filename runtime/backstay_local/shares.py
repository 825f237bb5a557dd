"""AWS RAM between the caller and moto: shares of backup vaults are AWS Backup's own, all others moto's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .wire.call import Handler
from .wire.engine import Facts, RestJson
from .wire.message import Request, Response

_VAULT = ":backup-vault:"
_OF_A_SHARE = frozenset(
    {"updateresourceshare", "deleteresourceshare", "associateresourceshare", "disassociateresourceshare"}
)
# What moto does not have at all.
_OWN = frozenset(
    {
        "getresourceshareinvitations",
        "acceptresourceshareinvitation",
        "rejectresourceshareinvitation",
        "listresources",
        "listprincipals",
    }
)
_LISTS: Mapping[str, str] = {
    "getresourceshares": "resourceShares",
    "getresourceshareassociations": "resourceShareAssociations",
}


class VaultShares:
    """Answers what is about shares of vaults, and adds them to moto's lists."""

    def __init__(self, handlers: Mapping[str, Handler], known: Callable[[str], bool]) -> None:
        """`known` says whether an ARN is that of a share of vaults."""
        self._handlers = handlers
        self._known = known
        self._made: RestJson | None = None

    def answer(self, request: Request, facts: Facts) -> Response | None:
        """Our own answer, or None where moto's will do, or is to be joined with ours."""
        name, params = _name(request), _parameters(request)
        if name == "createresourceshare":
            ours = any(_VAULT in str(arn) for arn in params.get("resourceArns") or [])
        elif name in _OF_A_SHARE:
            ours = self._known(params.get("resourceShareArn") or _argument(request, "resourceShareArn"))
        else:
            # moto knows no shares of other accounts.
            ours = name in _OWN or (name == "getresourceshares" and params.get("resourceOwner") == "OTHER-ACCOUNTS")
        return self._engine.handle(request, facts) if ours else None

    def joined(self, request: Request, facts: Facts, body: bytes) -> bytes:
        """The body of moto's list with our rows after its own."""
        member = _LISTS.get(_name(request))
        if member is None:
            return body
        import orjson

        theirs, ours = orjson.loads(body), orjson.loads(self._engine.handle(request, facts).body)
        return orjson.dumps(theirs | {member: [*theirs.get(member, []), *ours.get(member, [])]})

    @property
    def _engine(self) -> RestJson:
        """RAM's model is read when somebody first asks for it."""
        if self._made is None:
            self._made = RestJson("ram", self._handlers)
        return self._made


def _name(request: Request) -> str:
    return request.path.strip("/").lower()


def _argument(request: Request, name: str) -> str:
    return next(iter(request.arguments().get(name, [])), "")


def _parameters(request: Request) -> dict[str, Any]:
    import orjson

    try:
        found = orjson.loads(request.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
