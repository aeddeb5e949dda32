"""MiniStack waits 50 ms for an invocation's first line, 5 ms for each further one, and takes what comes later for the next.

So on a busy machine lines go to another invocation or, when the process ends first, are lost; a line without an end
waits for one; and a function that says nothing answers 50 ms late. On AWS what a function has written before it answers
is logged with that invocation. Here as well: it lies in the pipe when the answer has come, and is read at once.
"""

from __future__ import annotations

import os
import select
import threading
from typing import IO, Any

from ministack.core import lambda_runtime

from settings import Settings

_CHUNK = 65_536


def apply(settings: Settings) -> None:
    del settings
    worker = lambda_runtime.Worker
    drain, drain_bounded = worker._drain_stderr, worker._drain_stderr_bounded

    def read(self: Any) -> None:
        self._output = _Output(self._proc.stderr)
        self._output.gather_for_ever()

    def take(self: Any) -> str:
        return self._output.take() if hasattr(self, "_output") else drain(self)

    def take_bounded(self: Any, *args: float, **kwargs: float) -> str:
        # Custom runtimes read their process's output in their own way.
        return self._output.take() if hasattr(self, "_output") else drain_bounded(self, *args, **kwargs)

    worker._read_stderr = read
    worker._drain_stderr = take
    worker._drain_stderr_bounded = take_bounded


class _Output:
    """What a function's process has written and no invocation has taken yet."""

    def __init__(self, pipe: IO[str]) -> None:
        self._pipe = pipe  # closed when nobody holds it any more
        self._written = bytearray()
        self._lock = threading.Lock()
        os.set_blocking(pipe.fileno(), False)

    def gather_for_ever(self) -> None:
        """Empty the pipe whenever something is written, so that the function never waits for room in it."""
        readable = select.poll()
        readable.register(self._pipe, select.POLLIN)
        while self._gather():
            readable.poll()

    def take(self) -> str:
        """The lines written until now. Each is taken once."""
        self._gather()
        with self._lock:
            text = self._written.decode("utf-8", errors="replace")
            self._written.clear()
        return text.removesuffix("\n")

    def _gather(self) -> bool:
        """Read what lies in the pipe; false when its writers are gone."""
        with self._lock:
            while True:
                try:
                    chunk = os.read(self._pipe.fileno(), _CHUNK)
                except BlockingIOError:
                    return True
                if not chunk:
                    return False
                self._written += chunk
