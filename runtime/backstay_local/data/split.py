"""Cut a stream into chunks of one fixed size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

CHUNK_BYTES = 4 * 1024 * 1024


def split(parts: Iterable[bytes], size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Join parts of any size and cut them every `size` bytes; the last one may be shorter, nothing gives nothing."""
    waiting: list[bytes] = []
    length = 0
    for part in parts:
        waiting.append(part)
        length += len(part)
        if length < size:
            continue
        joined = b"".join(waiting) if len(waiting) > 1 else waiting[0]
        whole = length - length % size
        for at in range(0, whole, size):
            yield joined[at : at + size]
        waiting = [joined[whole:]] if whole < length else []
        length -= whole
    if length:
        yield b"".join(waiting)
