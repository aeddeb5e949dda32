"""An HTTP API without CORS settings answers OPTIONS by itself, with 403.

On AWS only an API that has CORS settings answers preflights; without them OPTIONS is a method as every other and goes to the route
that matches, `$default` among them.
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway

from settings import Settings

# A spelling that MiniStack does not take for a preflight; its routes and its event get the real one.
_PLAIN = "options"


def apply(settings: Settings) -> None:
    del settings
    execute = apigateway._handle_execute_in_scope
    match = apigateway._match_route
    invoke = apigateway._invoke_lambda_proxy

    async def execute_options_too(api_id: str, stage: str, path: str, method: str, *rest: Any) -> Any:
        has_cors = bool((apigateway._apis.get(api_id) or {}).get("corsConfiguration"))
        return await execute(api_id, stage, path, _PLAIN if method == "OPTIONS" and not has_cors else method, *rest)

    def match_real(api_id: str, method: str, path: str) -> Any:
        return match(api_id, method.upper() if method == _PLAIN else method, path)

    async def invoke_real(integration: Any, api_id: str, stage: str, path: str, method: str, *rest: Any, **named: Any) -> Any:
        return await invoke(integration, api_id, stage, path, method.upper() if method == _PLAIN else method, *rest, **named)

    apigateway._handle_execute_in_scope = execute_options_too
    apigateway._match_route = match_real
    apigateway._invoke_lambda_proxy = invoke_real
