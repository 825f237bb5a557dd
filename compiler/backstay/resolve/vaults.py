"""Vaults of the model: keys and topics as ARNs of the account and Region, locks, access policies, notifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backstay import ir
from backstay.dsl import Lock, Notify
from backstay.dsl.duration import Days
from backstay.dsl.managed import Key
from backstay.resolve import places
from backstay.resolve.documents import document
from backstay.resolve.here import Here
from backstay.resolve.pieces import Piece
from backstay_aws import arns


@dataclass(frozen=True, slots=True)
class Builder:
    """Turns vault pieces into vaults of one place."""

    here: Here

    def vault(self, piece: Piece) -> ir.Vault:
        """A vault with everything that belongs to it."""
        policy, policy_where = self._policy(piece)
        return ir.Vault(
            name=piece.name,
            key_arn=self._key(piece),
            tags=piece.get("tags") or (),
            lock=self._lock(piece),
            policy=policy,
            policy_where=policy_where,
            notifications=self._notifications(piece),
            pinned=_pinned(piece),
            where=self.here.where(piece),
            moved=piece.get("moved"),
        )

    def air_gapped(self, piece: Piece) -> ir.AirGappedVault:
        """A logically air-gapped vault with everything that belongs to it."""
        policy, policy_where = self._policy(piece)
        return ir.AirGappedVault(
            name=piece.name,
            minimum=self._bound(piece, "min"),
            maximum=self._bound(piece, "max"),
            key_arn=self._key(piece),
            tags=piece.get("tags") or (),
            policy=policy,
            policy_where=policy_where,
            notifications=self._notifications(piece),
            pinned=_pinned(piece),
            where=self.here.where(piece),
        )

    def _bound(self, piece: Piece, name: str) -> int:
        days: Days | None = piece.get(name)
        if days is None:
            self.here.incomplete(
                piece, "air-gapped vault", name, "AWS wants both bounds, and they can never be changed"
            )
            return 0
        return days.count

    def _policy(self, piece: Piece) -> tuple[Mapping[str, Any] | None, ir.Where | None]:
        access = piece.get("access")
        if access is None:
            return None, None
        return document(access, self.here.context), places.of_value(piece, "access", self.here.context.sources)

    def _key(self, piece: Piece) -> str | None:
        said: str | Key | None = piece.get("key")
        key = said.alias if isinstance(said, Key) else said
        if key is None or key.startswith("arn:"):
            return key
        if key.startswith("alias/"):
            return arns.kms_alias(self.here.context.partition, self.here.region, ir.ACCOUNT, key)
        message = f"vault `{piece.name}`: `{key}` is neither a key's alias nor its ARN"
        self.here.complain("no-key-name", message, piece, "key", help=f"write `alias/{key}`, or the key's ARN")
        return None

    def _lock(self, piece: Piece) -> ir.Lock | None:
        lock: Lock | None = piece.get("lock")
        if lock is None:
            return None
        where = places.of_value(piece, "lock", self.here.context.sources)
        return ir.Lock(lock.mode, _days(lock.min), _days(lock.max), _days(lock.grace), lock.acknowledged, where)

    def _notifications(self, piece: Piece) -> ir.Notifications | None:
        notify: Notify | None = piece.get("notify")
        if notify is None:
            return None
        topic = notify.topic
        if not topic.startswith("arn:"):
            topic = arns.sns_topic(self.here.context.partition, self.here.region, ir.ACCOUNT, topic)
        where = places.of_value(piece, "notify", self.here.context.sources)
        return ir.Notifications(topic, tuple(dict.fromkeys(notify.on)), where)


def _pinned(piece: Piece) -> bool:
    return piece.get("account") is not None or piece.get("region") is not None


def _days(days: Days | None) -> int | None:
    return None if days is None else days.count
