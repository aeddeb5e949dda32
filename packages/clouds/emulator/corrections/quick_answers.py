"""MiniStack waits 50 ms for log lines of a handler that wrote none, and leaves Nagle's algorithm on.

AWS adds no such wait. Here: 2 ms, and TCP_NODELAY on every connection.
"""

from __future__ import annotations

import asyncio.base_events
import socket

from ministack.core import lambda_runtime

from settings import Settings


def apply(settings: Settings) -> None:
    del settings
    drain = lambda_runtime.Worker._drain_stderr_bounded

    def drain_soon(
        self: lambda_runtime.Worker,
        first_line_wait: float = 0.002,
        idle_confirm: float = 0.002,
        hard_cap: float = 0.25,
    ) -> str:
        return drain(self, first_line_wait, idle_confirm, hard_cap)

    lambda_runtime.Worker._drain_stderr_bounded = drain_soon
    # asyncio sets TCP_NODELAY only on sockets whose protocol number is given; those it accepts have none.
    setattr(asyncio.base_events, "_set_nodelay", _set_nodelay)  # noqa: B010 (private: no type stub names it)


def _set_nodelay(sock: socket.socket) -> None:
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        pass  # not a TCP socket
