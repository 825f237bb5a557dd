"""What the agent knows, as one JSON document: for `/state`, and for whoever looks in with curl."""

from __future__ import annotations

from typing import Any

from backstay_agent.reconcile.agent import Agent
from backstay_agent.reconcile.findings import SEVERITIES, Result
from backstay_agent.reconcile.health import Views
from backstay_agent.reconcile.loop import Loop

_MOST = 500


def overview(agent: Agent, loop: Loop) -> dict[str, Any]:
    """Build, tasks with when they run and how they last ended, and the open troubles, worst first."""
    build, now = agent.source.build, loop.now
    troubles = sorted(agent.troubles(), key=lambda one: (SEVERITIES.index(one.severity), one.key))
    return {
        "organization": build.index.organization.id,
        "build": {"digest": build.digest, "folder": agent.source.name, "problem": agent.source.problem},
        "apply": agent.powers.apply,
        "aws_time": now.isoformat(timespec="seconds"),
        "ready": loop.is_ready() is None,
        "tasks": {
            task: {
                "schedule": loop.schedules[task].text,
                "running": loop.is_running(task),
                "next": loop.due(task, now).isoformat(timespec="seconds"),
                "last": _last(agent.last.get(task)),
            }
            for task in loop.schedules
        },
        "troubles": [one.document() for one in troubles[:_MOST]],
        "troubles_left_out": max(0, len(troubles) - _MOST),
        "channels": [channel.name for channel in agent.channels],
    }


def _last(result: Result | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {"at": result.at.isoformat(), "ending": result.ending, "told": result.sentence}


def views(agent: Agent, loop: Loop) -> Views:
    """What the HTTP side shows of an agent and its loop."""
    return Views(agent.metrics.exposition, loop.is_alive, loop.is_ready, lambda: overview(agent, loop))
