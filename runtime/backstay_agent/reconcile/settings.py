"""What an operator says about a run, and the agent that follows from it; for the command and the Lambda handler."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backstay_agent.aws import Aws
from backstay_agent.reconcile import state
from backstay_agent.reconcile.agent import Agent, Powers, Store
from backstay_agent.reconcile.build_file import BuildFile
from backstay_agent.reconcile.deliver import Channel
from backstay_agent.reconcile.deliver.logged import Logged
from backstay_agent.reconcile.deliver.sns import Sns, region_of
from backstay_agent.reconcile.deliver.webhook import Webhook, check_url
from backstay_agent.reconcile.findings import TaskName
from backstay_agent.reconcile.log import Log
from backstay_agent.reconcile.metrics import Metrics
from backstay_agent.reconcile.state import State

SCHEDULES: Mapping[TaskName, str] = {"drift": "1h", "jobs": "5m", "locks": "1h", "audit": "24h"}
"""How often, unless told."""


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where alerts go, and what the agent may do."""

    topic: str | None = None
    webhook: str | None = None
    secret_file: Path | None = None
    powers: Powers = field(default_factory=Powers)

    def check(self) -> None:
        """Raises SettingsError at what cannot be used, before anything is called."""
        try:
            if self.topic:
                region_of(self.topic)
            if self.webhook:
                check_url(self.webhook)
        except ValueError as error:
            raise SettingsError(str(error)) from error
        _secret(self.secret_file)


@dataclass(frozen=True, slots=True)
class FileStore:
    """The state in a file."""

    path: Path

    def load(self, organization: str) -> State:
        """What the file holds."""
        return state.load(self.path, organization)

    def save(self, kept: State) -> None:
        """Replace the file; raises OSError."""
        state.save(self.path, kept)


def agent_of(settings: Settings, source: BuildFile, aws: Aws, store: Store, log: Log, stop: threading.Event) -> Agent:
    """The agent, listening to every call; raises SettingsError."""
    settings.check()
    metrics = Metrics()
    aws.listen(metrics.call)
    aws.listen(log.call)
    channels = _channels(settings, aws, log, stop)
    return Agent(source, aws, store, channels, log, metrics, settings.powers, stop)


def _channels(settings: Settings, aws: Aws, log: Log, stop: threading.Event) -> list[Channel]:
    channels: list[Channel] = [Logged(log)]
    if settings.topic:
        channels.append(Sns(aws, settings.topic))
    if settings.webhook:
        channels.append(Webhook(settings.webhook, _secret(settings.secret_file), stop))
    return channels


def _secret(path: Path | None) -> bytes | None:
    """The shared secret of a file, without the newline that editors leave."""
    if path is None:
        return None
    try:
        secret = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise SettingsError(f"the webhook's secret cannot be read: {error}") from error
    if not secret:
        raise SettingsError(f"{path}: the webhook's secret is empty")
    return secret
