"""Two functions that start at the same time can fail with "dictionary changed size during iteration".

MiniStack gives each process of a function a session of its role, and first looks over all sessions for expired ones: when
another thread adds its own meanwhile, the invocation ends as an error of the function. On AWS one start never disturbs
another. Here sessions are added one after the other.
"""

from __future__ import annotations

import threading
from typing import Any

from ministack.services import sts

from settings import Settings


def apply(settings: Settings) -> None:
    del settings
    register = sts.register_session
    lock = threading.Lock()

    def register_in_turn(access_key: str, session: dict[str, Any]) -> None:
        with lock:
            register(access_key, session)

    sts.register_session = register_in_turn
