"""MiniStack records AWS/Lambda metrics only for Invoke, and by FunctionName only.

AWS records Invocations, Errors, Duration and Throttles for every invocation, by FunctionName, by (FunctionName,
Resource) and, for an alias, by (FunctionName, Resource, ExecutedVersion); Resource is `<function>:<qualifier>`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch, lambda_svc

from corrections.alias_weights import called_as
from settings import Settings


def apply(settings: Settings) -> None:
    del settings
    lambda_svc._emit_lambda_metrics = _emit_nothing
    lambda_svc._execute_function = _measured(lambda_svc._execute_function)


def _emit_nothing(*args: Any, **kwargs: Any) -> None:
    """MiniStack's own record would count an Invoke twice."""


def _measured(execute: Callable[[dict[str, Any], Any], dict[str, Any]]) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    def execute_and_record(func: dict[str, Any], event: Any) -> dict[str, Any]:
        config = func.get("config") or func
        if lambda_svc._function_config_scope_mismatch(config):
            # The same invocation comes back here under the function's own account and region.
            return lambda_svc._run_with_function_config_scope(config, execute_and_record, func, event)
        started = time.perf_counter()
        result = execute(func, event)
        _record(config, result, (time.perf_counter() - started) * 1000)
        return result

    return execute_and_record


def _record(config: dict[str, Any], result: dict[str, Any], milliseconds: float) -> None:
    throttled = bool(result.get("throttle"))
    values = [("Throttles", float(throttled), "Count")]
    if not throttled:
        values += [
            ("Invocations", 1.0, "Count"),
            ("Errors", float(bool(result.get("error"))), "Count"),
            ("Duration", milliseconds, "Milliseconds"),
        ]
    for dimensions in _dimensions(config):
        for name, value, unit in values:
            cloudwatch.record_metric("AWS/Lambda", name, value, unit, dimensions)


def _dimensions(config: dict[str, Any]) -> list[dict[str, str]]:
    name, version = config.get("FunctionName", "?"), config.get("Version", "$LATEST")
    parts = config.get("FunctionArn", "").split(":")
    qualifier = called_as.get() or (parts[7] if len(parts) > 7 else None)
    if qualifier is None:
        return [{"FunctionName": name}]
    resource = f"{name}:{qualifier}"
    found = [{"FunctionName": name}, {"FunctionName": name, "Resource": resource}]
    if qualifier != version:
        found.append({"FunctionName": name, "Resource": resource, "ExecutedVersion": version})
    return found
