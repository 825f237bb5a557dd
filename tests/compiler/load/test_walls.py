"""The kernel's walls: code with Python's whole power, behind one of them alone, does nothing outside.

Every other layer is off. Each act is first done with the walls off too, which shows that it would work and be seen.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from backstay.load import allowed, bubble
from backstay.load.child import seccomp
from backstay.load.layers import Inner
from backstay.load.run import Limits, run

if TYPE_CHECKING:
    from conftest import Scene

EVERY: frozenset[Inner] = frozenset(get_args(Inner))
FILTER = sys.platform == "linux" and os.uname().machine in seccomp.MACHINES
WALLS = [*(["bubblewrap"] if bubble.works() else []), *(["seccomp"] if FILTER else [])]
PATIENCE = 3.0  # seconds
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="both walls are Linux's")

FILE, CHANGED, SECRET = "a file was made or removed", "a file was changed", "a secret came out"
CONNECTED, LEFT, ENDED = "somebody connected", "a process was left", "another process was ended"

# name → what it does, and the trace that it leaves where nothing stops it
ACTS: dict[str, tuple[str, str]] = {
    "make a file": ("open('MARK', 'w').write('x')", FILE),
    "make a file by number": ("import os\nos.close(os.open('MARK', os.O_CREAT | os.O_WRONLY))", FILE),
    "make a folder": ("import os\nos.mkdir('MARK')", FILE),
    "make a link": ("import os\nos.symlink('CANARY', 'MARK')", FILE),
    "make a pipe": ("import os\nos.mkfifo('MARK')", FILE),
    "make a unix socket": ("import socket\nsocket.socket(socket.AF_UNIX).bind('MARK')", FILE),
    "move a file": ("import os\nos.rename('CANARY', 'MARK')", FILE),
    "remove a file": ("import os\nos.unlink('CANARY')", FILE),
    "append to a file": ("open('CANARY', 'a').write('x')", CHANGED),
    "cut a file": ("import os\nos.truncate('CANARY', 0)", CHANGED),
    "open a file to all": ("import os\nos.chmod('CANARY', 0o777)", CHANGED),
    "read a file": ("assert False, open('CANARY').read()", SECRET),
    "read a file by mapping": (
        "import mmap\nwith open('CANARY') as f:\n    assert False, str(mmap.mmap(f.fileno(), 0, access=1)[:])",
        SECRET,
    ),
    "read another's environment": ("assert False, open('/proc/PRISONER/environ').read()", SECRET),
    "connect": ("import socket\nsocket.create_connection(('127.0.0.1', PORT), 5)", CONNECTED),
    "connect in C": (
        "import ctypes, socket, struct\nc = ctypes.CDLL(None)\ns = c.socket(2, 1, 0)\n"
        "a = struct.pack('=H', 2) + struct.pack('!H4s8x', PORT, bytes([127, 0, 0, 1]))\nc.connect(s, a, 16)",
        CONNECTED,
    ),
    "a shell": ("import os\nos.system('touch MARK')", FILE),
    "a program": ("import subprocess\nsubprocess.run(['/usr/bin/touch', 'MARK'], check=True)", FILE),
    "become a program": ("import os\nos.execv('/usr/bin/touch', ['touch', 'MARK'])", FILE),
    "a call into C": ("import ctypes\nctypes.CDLL(None).system(b'touch MARK')", FILE),
    "a fork that writes": ("import os\nif os.fork() == 0:\n    open('MARK', 'w')\n    os._exit(0)\nos.wait()", FILE),
    "a process that stays": (
        "import os\nquiet = [(os.POSIX_SPAWN_CLOSE, 1), (os.POSIX_SPAWN_CLOSE, 2)]\n"
        "os.posix_spawn('/bin/sleep', ['BIRD', '30'], {}, file_actions=quiet, setsid=True)",
        LEFT,
    ),
    "forks that stay": (
        "import os, time\nfor n in range(20):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        [os.close(n) for n in (1, 2)]\n        time.sleep(30)\n",
        "a run was left",
    ),
    "end another process": ("import os\nos.kill(PRISONER, 9)", ENDED),
}  # fmt: skip


@pytest.fixture
def prisoner(scene: Scene) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same user, with the secret in its environment."""
    with subprocess.Popen(["sleep", "60"], env={"SECRET": scene.secret}) as process:
        yield process
        process.kill()


def _staying(words: str) -> list[int]:
    """The processes that are still there after a while: the kernel ends those of a name space one by one."""
    until = time.monotonic() + PATIENCE
    while (left := _running(words)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def _done(act: str, scene: Scene, prisoner: subprocess.Popen[bytes], without: frozenset[Inner]) -> list[str]:
    """The traces of an act where all layers but the walls are off; what it left is cleared away."""
    text = scene.text(ACTS[act][0].replace("PRISONER", str(prisoner.pid)))
    mine = 2**30 + int(scene.secret[-6:], 16)  # a bound that no other run has: it stands in the command line
    limits = Limits(wall_seconds=20, memory_bytes=mine)
    job = {"names": list(allowed.BUILTINS), "files": [{"text": text, "imports": {}}], "order": [0]}
    said = "".join(ran.answer.decode() + ran.errors for ran in run(job, limits, without))
    traces = scene.traces(said)
    if prisoner.poll() is not None:
        traces.append(ENDED)
    if left := _staying(f'"memory_bytes": {mine}'):
        traces.append("a run was left")
    for pid in [*left, *_running(scene.secret)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return traces


def _running(mark: str) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (entry / "cmdline").read_text(errors="replace"):
                found.append(int(entry.name))
    return found


@LINUX
@pytest.mark.parametrize("act", ACTS)
def test_without_any_layer_the_act_is_done(act: str, scene: Scene, prisoner: subprocess.Popen[bytes]) -> None:
    """The act works and its trace is seen, so that the absence of a trace means something in the next test."""
    assert ACTS[act][1] in _done(act, scene, prisoner, EVERY)


@LINUX
@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("act", ACTS)
def test_one_wall_alone_stops_every_act(act: str, wall: Inner, scene: Scene, prisoner: subprocess.Popen[bytes]) -> None:
    """No file, secret, connection or process, with nothing but this one wall between the code and the machine."""
    assert _done(act, scene, prisoner, EVERY - {wall}) == []
