"""The way to a running embedded AWS: which one is meant, and what to ask of it."""

from __future__ import annotations

import base64
import http.client
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from backstay_local import running
from backstay_local.running import Running

from .trouble import Trouble

_TIMEOUT = 900.0


def default_folder() -> Path:
    """Where data are kept when nobody says where: the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "backstay" / "local"


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option that all these commands share."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path),
        help="Data folder (default: AWS_ENDPOINT_URL, else the cache folder).",
    )(command)


def find(data: Path | None) -> Running:
    """The embedded AWS that is meant; Trouble if it does not run."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if data is None and endpoint:
        key, secret = os.environ.get("AWS_ACCESS_KEY_ID", ""), os.environ.get("AWS_SECRET_ACCESS_KEY", "")
        return Running(endpoint, 0, key, secret)
    folder = data or default_folder()
    found = running.find(folder)
    if found is None:
        raise Trouble(f"no embedded AWS runs in {folder}; `backstay local up` starts one")
    return found


def ask(server: Running, method: str, door: str, params: Any = None) -> Any:
    """What the server answers at one of its doors; Trouble in its words if it refuses, or if nobody answers."""
    url = urlsplit(server.endpoint)
    basic = base64.b64encode(f"{server.access_key}:{server.secret_key}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(url.hostname or "", url.port or 80, timeout=_TIMEOUT)
    try:
        connection.request(method, f"/_local/{door}", json.dumps(params or {}), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Trouble(f"no embedded AWS answers at {server.endpoint}: {error}") from None
    finally:
        connection.close()
    if not isinstance(answer, dict) or response.status != 200:
        reason = answer.get("error") if isinstance(answer, dict) else None
        raise Trouble(str(reason or f"{server.endpoint} is no embedded AWS"))
    return answer
