"""MiniStack accepts aliases and mappings that AWS refuses.

Refused here, by the API and by CloudFormation: an alias to a version that does not exist; weights outside 0 to 1, for more
than one version, on `$LATEST`, or between versions that differ in execution role or dead-letter target; a queue mapping
whose queue's visibility timeout is below the function's timeout, or whose function's role may not read the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import iam, lambda_svc, sqs
from ministack.services.cloudformation import provisioners

from settings import Settings

Refusal = tuple[str, str, int]
Document = dict[str, Any]

_QUEUE_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def apply(settings: Settings) -> None:
    del settings
    create, update, map_, remap = (
        lambda_svc._create_alias,
        lambda_svc._update_alias,
        lambda_svc._create_esm,
        lambda_svc._update_esm,
    )

    def create_alias(name: str, data: Document) -> Any:
        return _answer(_wrong_alias(name, data, None)) or create(name, data)

    def update_alias(name: str, alias: str, data: Document) -> Any:
        return _answer(_wrong_alias(name, data, alias)) or update(name, alias, data)

    def create_mapping(data: Document) -> Any:
        return _answer(_wrong_mapping(data)) or map_(data)

    def update_mapping(mapping_id: str, data: Document) -> Any:
        present = lambda_svc._esms.get(mapping_id) or {}
        wanted = {"EventSourceArn": present.get("EventSourceArn", ""), "FunctionName": present.get("FunctionArn", ""), **data}
        return _answer(_wrong_mapping(wanted)) or remap(mapping_id, data)

    lambda_svc._create_alias, lambda_svc._update_alias = create_alias, update_alias
    lambda_svc._create_esm, lambda_svc._update_esm = create_mapping, update_mapping
    _in_stacks("AWS::Lambda::Alias", ("create",), _wrong_declared_alias)
    _in_stacks("AWS::Lambda::EventSourceMapping", ("create", "update"), _wrong_mapping)


def _answer(refusal: Refusal | None) -> Any:
    return error_response_json(*refusal) if refusal else None


def _in_stacks(resource_type: str, actions: tuple[str, ...], wrong: Callable[[Document], Refusal | None]) -> None:
    """CloudFormation writes these itself when it creates; the properties come last but one in both signatures."""
    handler = provisioners._RESOURCE_HANDLERS[resource_type]

    def refusing(apply_: Callable[..., Any], at: int) -> Callable[..., Any]:
        def apply_or_refuse(*args: Any, **named: Any) -> Any:
            refusal = wrong(args[at])
            if refusal:
                raise ValueError(refusal[1])
            return apply_(*args, **named)

        return apply_or_refuse

    for action in actions:
        handler[action] = refusing(handler[action], 1 if action == "create" else 2)


def _wrong_declared_alias(properties: Document) -> Refusal | None:
    name, _ = lambda_svc._resolve_name_and_qualifier(properties.get("FunctionName", ""))
    routing = provisioners._lambda_alias_routing_config(properties)
    if name not in lambda_svc._functions:
        return "ResourceNotFoundException", f"Function not found: {lambda_svc._func_arn(name)}", 404
    return _wrong_alias(name, {**properties, "RoutingConfig": routing}, None)


def _wrong_alias(name: str, data: Document, alias: str | None) -> Refusal | None:
    func = lambda_svc._functions.get(name)
    present = (func or {}).get("aliases", {}).get(alias, {})
    if func is None or (alias is not None and not present):
        return None  # refused further on, in MiniStack's own words, which are AWS's
    version = data.get("FunctionVersion", present.get("FunctionVersion", "$LATEST"))
    routing = data["RoutingConfig"] if "RoutingConfig" in data else present.get("RoutingConfig")
    weights = (routing or {}).get("AdditionalVersionWeights") or {}
    for wanted in (version, *weights):
        if wanted != "$LATEST" and wanted not in func["versions"]:
            return "ResourceNotFoundException", f"Function not found: {lambda_svc._func_arn(name)}:{wanted}", 404
    return _wrong_weights(func, version, weights) if weights else None


def _wrong_weights(func: Document, version: str, weights: Document) -> Refusal | None:
    invalid = "InvalidParameterValueException"
    if len(weights) > 1:
        return invalid, "Number of items in AdditionalVersionWeights cannot be greater than 1", 400
    ((other, weight),) = weights.items()
    if not 0.0 <= float(weight) <= 1.0:
        return (
            "ValidationException",
            (
                f"1 validation error detected: Value '{{{other}={weight}}}' at 'routingConfig.additionalVersionWeights' failed "
                "to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
                "Member must have value greater than or equal to 0.0]"
            ),
            400,
        )
    if "$LATEST" in (version, other):
        return invalid, "$LATEST is not supported for an alias pointing to more than 1 version", 400
    if version == other:
        message = f"Invalid function version {other}. Function version {other} is already included in routing configuration."
        return invalid, message, 400
    one, two = (func["versions"][number]["config"] for number in (version, other))
    if one.get("Role") != two.get("Role"):
        return invalid, f"Function versions {version} and {other} must have the same execution role", 400
    if (one.get("DeadLetterConfig") or None) != (two.get("DeadLetterConfig") or None):
        return invalid, f"Function versions {version} and {other} must have the same dead-letter configuration", 400
    return None


def _wrong_mapping(data: Document) -> Refusal | None:
    source = data.get("EventSourceArn", "")
    if not source.startswith("arn:aws:sqs:"):
        return None
    queue = sqs._queues.get(sqs._queue_url(source.rsplit(":", 1)[-1]))
    _, config, _ = lambda_svc._get_func_record_for_ref(data.get("FunctionName", ""))
    if queue is None or config is None:
        return None  # refused further on
    visibility, timeout = int(queue["attributes"].get("VisibilityTimeout", 30)), int(config.get("Timeout", 3))
    if visibility < timeout:
        return (
            "InvalidParameterValueException",
            (f"Queue visibility timeout: {visibility} seconds is less than Function timeout: {timeout} seconds"),
            400,
        )
    for action in _QUEUE_ACTIONS:
        if not _role_may(config.get("Role", ""), f"sqs:{action}", source):
            return (
                "InvalidParameterValueException",
                (f"The provided execution role does not have permissions to call {action} on SQS"),
                400,
            )
    return None


def _role_may(role_arn: str, action: str, resource_arn: str) -> bool:
    account, name = get_account_id(), role_arn.rsplit("/", 1)[-1]
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/lambda",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
    )
    policies = iam_evaluator._gather_role_policies(name, account)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account)
    return iam_evaluator.evaluate(context, policies, *limits).decision == "Allow"
