"""A function is not told the client context of its invocation: MiniStack drops the header.

On AWS `X-Amz-Client-Context` (JSON in base64) is `context.clientContext` in Node and `context.client_context` in Python. SoundBite
marks the invocations of a rehearsal with it. Here it travels beside the payload, as MiniStack's own values for an invocation do.
"""

from __future__ import annotations

import base64
import json
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from settings import Settings

_KEY = "soundbite_client_context"

# Of the present invocation.
_told: ContextVar[dict[str, Any] | None] = ContextVar("soundbite_client_context", default=None)


def apply(settings: Settings) -> None:
    del settings
    invoke = lambda_svc._invoke
    run = lambda_runtime.Worker.invoke

    async def invoke_in_context(name: str, event: Any, headers: dict[str, str], *args: Any, **kwargs: Any) -> Any:
        token = _told.set(_context_in(headers))
        try:
            return await invoke(name, event, headers, *args, **kwargs)
        finally:
            _told.reset(token)

    def run_and_tell(self: Any, *args: Any, durable: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        told = _told.get()
        # The worker's script takes from it only the names that it knows.
        beside = durable if told is None else {**(durable or {}), _KEY: told}
        return run(self, *args, durable=beside, **kwargs)

    lambda_svc._invoke = invoke_in_context
    lambda_runtime.Worker.invoke = run_and_tell
    lambda_runtime._NODEJS_WORKER_SCRIPT = _replaced(
        lambda_runtime._NODEJS_WORKER_SCRIPT,
        "clientContext: null,",
        f"clientContext: (ctx.durable || {{}}).{_KEY} || null,",
    )
    lambda_runtime._PYTHON_WORKER_SCRIPT = _replaced(
        lambda_runtime._PYTHON_WORKER_SCRIPT,
        '"client_context": None,',
        f'"client_context": type("ClientContext", (), _ms_durable["{_KEY}"])() if "{_KEY}" in _ms_durable else None,',
    )


def _context_in(headers: dict[str, str]) -> dict[str, Any] | None:
    given = next((value for name, value in headers.items() if name.lower() == "x-amz-client-context"), None)
    if not given:
        return None
    try:
        told = json.loads(base64.b64decode(given))
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _replaced(script: str, old: str, new: str) -> str:
    if script.count(old) != 1:
        message = f"MiniStack's worker has not exactly one {old}"
        raise RuntimeError(message)
    return script.replace(old, new)
