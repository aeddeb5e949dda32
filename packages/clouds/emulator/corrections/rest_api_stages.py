"""A stage of a REST API serves the API as it is now, whatever deployment it has; a deployment that a stage serves can be deleted; and an
answer of a function that is none for API Gateway (no status code, or a body that is no text) becomes 200.

On AWS a stage serves the snapshot that its deployment took: a changed method is served from the next deployment on. A deployment that a
stage serves is not deleted, and what is no answer of payload format 1.0 is a 502.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1

from settings import Settings

Document = dict[str, Any]

# In a deployment's record, and so in the saved state: the API's resources, with their methods, at that time.
_SNAPSHOT = "soundbiteSnapshot"
# The resources that a request is answered by.
_served: ContextVar[tuple[str, Document] | None] = ContextVar("soundbite_served", default=None)


def apply(settings: Settings) -> None:
    del settings
    create, delete, respond = apigateway_v1._create_deployment, apigateway_v1._delete_deployment, apigateway_v1._v1_response
    shape = apigateway_v1._lambda_proxy_response

    def create_with_snapshot(api_id: str, data: Document) -> Any:
        answer = create(api_id, data)
        if answer[0] < 400:
            record = apigateway_v1._deployments_v1[api_id][json.loads(answer[2])["id"]]
            record[_SNAPSHOT] = copy.deepcopy(dict(apigateway_v1._resources.get(api_id, {})))
        return answer

    def delete_unless_served(api_id: str, deployment_id: str) -> Any:
        stages = apigateway_v1._stages_v1.get(api_id, {}).values()
        if any(stage.get("deploymentId") == deployment_id for stage in stages):
            message = "Active stages pointing to this deployment must be moved or deleted"
            return apigateway_v1._v1_error("BadRequestException", message, 400)
        return delete(api_id, deployment_id)

    def shape_or_refuse(result: Document) -> Any:
        if not result.get("error") and not result.get("throttle") and _is_malformed(result.get("body")):
            return None, "Internal server error"
        return shape(result)

    apigateway_v1._create_deployment, apigateway_v1._delete_deployment = create_with_snapshot, delete_unless_served
    apigateway_v1._v1_response = lambda data, *rest, **named: respond(_without_snapshots(data), *rest, **named)
    apigateway_v1._lambda_proxy_response = shape_or_refuse
    apigateway_v1._execute_in_scope = _serving(apigateway_v1._execute_in_scope)
    apigateway_v1._match_resource_tree = _in_snapshot(apigateway_v1._match_resource_tree)
    apigateway_v1._match_greedy_fallback = _in_snapshot(apigateway_v1._match_greedy_fallback)


def _without_snapshots(data: Any) -> Any:
    if isinstance(data, list):
        return [_without_snapshots(one) for one in data]
    if not isinstance(data, dict):
        return data
    return {name: _without_snapshots(value) if name == "item" else value for name, value in data.items() if name != _SNAPSHOT}


def _is_malformed(payload: Any) -> bool:
    if isinstance(payload, (str, bytes)):
        try:
            payload = json.loads(payload)
        except ValueError:
            return True
    return not isinstance(payload, dict) or "statusCode" not in payload or not isinstance(payload.get("body", ""), (str, type(None)))


def _serving(execute: Callable[..., Any]) -> Callable[..., Any]:
    async def execute_deployed(request: Document, api_id: str, stage_name: str, *rest: Any) -> Any:
        stage = apigateway_v1._stages_v1.get(api_id, {}).get(stage_name) or {}
        deployment = apigateway_v1._deployments_v1.get(api_id, {}).get(stage.get("deploymentId")) or {}
        # One that was made before this correction has none.
        snapshot = deployment.get(_SNAPSHOT)
        token = _served.set(None if snapshot is None else (api_id, snapshot))
        try:
            return await execute(request, api_id, stage_name, *rest)
        finally:
            _served.reset(token)

    return execute_deployed


def _in_snapshot(match: Callable[..., Any]) -> Callable[..., Any]:
    """The same search over the served resources: they are what its module calls `_resources`."""
    store = apigateway_v1._resources

    class Served:
        @staticmethod
        def get(api_id: str, default: Any = None) -> Any:
            served = _served.get()
            return served[1] if served and served[0] == api_id else store.get(api_id, default)

    return type(match)(match.__code__, {**vars(apigateway_v1), "_resources": Served}, match.__name__, match.__defaults__, match.__closure__)
