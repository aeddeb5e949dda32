"""A second stack that declares the same function, table or queue name takes it over and empties it.

AWS refuses: `<name> already exists`, and the stack rolls back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb, lambda_svc, sqs
from ministack.services.cloudformation import provisioners

from settings import Settings

Properties = dict[str, Any]


def apply(settings: Settings) -> None:
    del settings
    _refuse("AWS::DynamoDB::Table", "_ddb_create", "TableName", 255, lambda name: name in dynamodb._tables)
    _refuse("AWS::Lambda::Function", "_lambda_create", "FunctionName", 64, lambda name: name in lambda_svc._functions)
    _refuse("AWS::SQS::Queue", "_sqs_create", "QueueName", 80, lambda name: name in sqs._queue_name_to_url)


def _refuse(resource_type: str, function: str, property_name: str, length: int, exists: Callable[[str], bool]) -> None:
    handler = provisioners._RESOURCE_HANDLERS[resource_type]

    def refusing(create: Callable[..., Any]) -> Callable[..., Any]:
        def create_new(logical_id: str, properties: Properties, stack: str) -> Any:
            name = properties.get(property_name) or provisioners._physical_name(stack, logical_id, max_len=length)
            if exists(name):
                raise ValueError(f"Resource of type '{resource_type}' with identifier '{name}' already exists.")
            return create(logical_id, properties, stack)

        return create_new

    handler["create"] = refusing(handler["create"])
    # A rename in an update creates through the module's own function.
    setattr(provisioners, function, refusing(getattr(provisioners, function)))
