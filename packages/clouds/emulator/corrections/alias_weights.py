"""MiniStack stores an alias's `RoutingConfig` and sends everything to its first version.

AWS routes each invocation (by Invoke, HTTP API, function URL, event source mapping, EventBridge) to one of the two
versions at random by `AdditionalVersionWeights`. GetFunction and GetFunctionConfiguration do not roll: they describe
the alias's own version.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import lambda_svc

from settings import Settings

_describing: ContextVar[bool] = ContextVar("soundbite_describing", default=False)

# The qualifier by which the function of this invocation was called; lambda_metrics names it in its dimensions.
called_as: ContextVar[str | None] = ContextVar("soundbite_called_as", default=None)


def roll(func: dict[str, Any] | None, qualifier: str | None) -> str | None:
    """The version that takes this invocation: an alias resolves by its weights, anything else to itself."""
    alias = (func or {}).get("aliases", {}).get(qualifier)
    if alias is None:
        return qualifier
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    dice = random.random()
    for version, share in weights.items():
        dice -= float(share)
        if dice < 0:
            return version
    return alias.get("FunctionVersion", "$LATEST")


def apply(settings: Settings) -> None:
    del settings
    resolve = lambda_svc._effective_func_record_for_qualifier

    def resolve_by_weight(func: dict[str, Any] | None, qualifier: str | None) -> tuple[Any, Any]:
        if func is None or _describing.get() or qualifier not in func.get("aliases", {}):
            return resolve(func, qualifier)
        record, config = resolve(func, roll(func, qualifier))
        return _called_by(record, config, func["aliases"][qualifier]["AliasArn"])

    lambda_svc._effective_func_record_for_qualifier = resolve_by_weight
    lambda_svc._get_function = _without_dice(lambda_svc._get_function)
    lambda_svc._get_function_config = _without_dice(lambda_svc._get_function_config)
    lambda_svc._invoke = _invoke_by_weight(lambda_svc._invoke)


def _called_by(record: Any, config: Any, alias_arn: str) -> tuple[Any, Any]:
    """The version's record under the ARN it was called by, as `context.invokedFunctionArn` shows it on AWS."""
    if record is None:
        return record, config
    named = {**config, "FunctionArn": alias_arn}
    return {**record, "config": named}, named


def _without_dice(describe: Callable[..., Any]) -> Callable[..., Any]:
    def describe_alias(*args: Any, **kwargs: Any) -> Any:
        token = _describing.set(True)
        try:
            return describe(*args, **kwargs)
        finally:
            _describing.reset(token)

    return describe_alias


def _invoke_by_weight(invoke: Callable[..., Any]) -> Callable[..., Any]:
    async def invoke_alias(
        name: str,
        event: Any,
        headers: dict[str, str],
        path_qualifier: str | None = None,
        query_params: dict[str, Any] | None = None,
    ) -> Any:
        qualifier = path_qualifier or lambda_svc._qp_first(query_params or {}, "Qualifier") or None
        func = lambda_svc._functions.get(name)
        if func is None or qualifier not in func["aliases"]:
            return await invoke(name, event, headers, path_qualifier, query_params)
        called_as.set(qualifier)
        return await invoke(name, event, headers, roll(func, qualifier), query_params)

    return invoke_alias
