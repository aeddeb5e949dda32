"""CloudFormation knows no CodeDeploy: a stack with an application or a deployment group of it is refused.

AWS makes both. Here they are names in their stack, without CodeDeploy's API: an alias with a policy for it is moved by CloudFormation itself, at once.
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import provisioners

from settings import Settings

Properties = dict[str, Any]

_NAMES = {
    "AWS::CodeDeploy::Application": "ApplicationName",
    "AWS::CodeDeploy::DeploymentGroup": "DeploymentGroupName",
}


def apply(settings: Settings) -> None:
    del settings
    for resource_type, name in _NAMES.items():
        provisioners._RESOURCE_HANDLERS[resource_type] = _handler(name)


def _handler(name: str) -> dict[str, Any]:
    def create(logical_id: str, properties: Properties, stack: str) -> tuple[str, Properties]:
        return properties.get(name) or provisioners._physical_name(stack, logical_id, max_len=100), {}

    def update(physical_id: str, old: Properties, new: Properties, stack: str) -> tuple[str, Properties]:
        del old, stack
        return new.get(name) or physical_id, {}

    def delete(physical_id: str, properties: Properties) -> None:
        del physical_id, properties

    return {"create": create, "update": update, "delete": delete}
