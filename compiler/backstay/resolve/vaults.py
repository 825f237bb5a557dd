"""Vaults of the model: keys and topics as ARNs of the account and Region, locks, access policies, notifications."""

from __future__ import annotations

from dataclasses import dataclass

from backstay import ir
from backstay.dsl import Lock, Notify
from backstay.dsl.duration import Days
from backstay.resolve import places
from backstay.resolve.context import Context
from backstay.resolve.documents import document
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem
from backstay_aws import arns


@dataclass(frozen=True, slots=True)
class Builder:
    """Turns vault pieces into vaults of one Region."""

    context: Context
    region: str

    def vault(self, piece: Piece) -> ir.Vault:
        """A vault with everything that belongs to it."""
        sources = self.context.sources
        access = piece.get("access")
        return ir.Vault(
            name=piece.name,
            key_arn=self._key(piece),
            tags=piece.get("tags") or (),
            lock=self._lock(piece),
            policy=document(access, self.context) if access is not None else None,
            policy_where=places.of_value(piece, "access", sources) if access is not None else None,
            notifications=self._notifications(piece),
            pinned=piece.get("account") is not None or piece.get("region") is not None,
            where=places.of_piece(piece, sources),
        )

    def _key(self, piece: Piece) -> str | None:
        key: str | None = piece.get("key")
        if key is None or key.startswith("arn:"):
            return key
        if key.startswith("alias/"):
            return arns.kms_alias(self.context.partition, self.region, ir.ACCOUNT, key)
        message = f"vault `{piece.name}`: `{key}` is neither a key's alias nor its ARN"
        span = places.of_field(piece, "key", self.context.sources)
        self.context.findings.append(
            problem("no-key-name", message, span, help=f"write `alias/{key}`, or the key's ARN")
        )
        return None

    def _lock(self, piece: Piece) -> ir.Lock | None:
        lock: Lock | None = piece.get("lock")
        if lock is None:
            return None
        where = places.of_value(piece, "lock", self.context.sources)
        return ir.Lock(lock.mode, _days(lock.min), _days(lock.max), _days(lock.grace), lock.acknowledged, where)

    def _notifications(self, piece: Piece) -> ir.Notifications | None:
        notify: Notify | None = piece.get("notify")
        if notify is None:
            return None
        topic = notify.topic
        if not topic.startswith("arn:"):
            topic = arns.sns_topic(self.context.partition, self.region, ir.ACCOUNT, topic)
        where = places.of_value(piece, "notify", self.context.sources)
        return ir.Notifications(topic, tuple(dict.fromkeys(notify.on)), where)


def _days(days: Days | None) -> int | None:
    return None if days is None else days.count
