"""The log as a channel: every alert is a line of the structured log, and where people read it, all are one text."""

from __future__ import annotations

from backstay_agent.reconcile.log import Level, Log
from backstay_agent.reconcile.message import Message


class Logged:
    """Writes each alert of a message as an event of its own."""

    def __init__(self, log: Log) -> None:
        self.name = "log"
        self._log = log

    def send(self, message: Message) -> None:
        """Write; never fails."""
        if self._log.form == "text":
            self._log.block(message.text)
            return
        for row in message.document["alerts"]:
            level: Level = "info" if row["status"] == "resolved" or row["severity"] == "notice" else "warning"
            self._log.write(level, "alert", task=message.task, **row)
