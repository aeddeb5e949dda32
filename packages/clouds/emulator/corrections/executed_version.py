"""An answer of an HTTP API or a function URL does not say which version of the function made it.

AWS does not say it either (an API's access log can); the edge in front of an emulated account needs it to judge a version.
Here each answer that a function made, errors too, carries `x-soundbite-executed-version`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.services import lambda_svc

from settings import Settings

HEADER = "x-soundbite-executed-version"

# The versions that ran for the present request, in order; a list, so that the thread that runs the function shares it.
_ran: ContextVar[list[str] | None] = ContextVar("soundbite_ran", default=None)


def apply(settings: Settings) -> None:
    del settings
    execute = lambda_svc._execute_function

    def execute_and_note(func: dict[str, Any], event: Any) -> dict[str, Any]:
        result = execute(func, event)
        ran = _ran.get()
        if ran is not None and not result.get("throttle"):
            ran.append((func.get("config") or func).get("Version", "$LATEST"))
        return result

    lambda_svc._execute_function = execute_and_note
    app._handle_execute_api_request = _naming(app._handle_execute_api_request)
    app._handle_lambda_url_request = _naming(app._handle_lambda_url_request)


def _naming(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_and_name(*args: Any, **kwargs: Any) -> Any:
        ran: list[str] = []
        token = _ran.set(ran)
        try:
            answer = await handle(*args, **kwargs)
        finally:
            _ran.reset(token)
        if answer is not None and ran:
            for name in [name for name in answer[1] if name.lower() == HEADER]:
                del answer[1][name]  # a function cannot speak for the account
            answer[1][HEADER] = ran[-1]
        return answer

    return handle_and_name
