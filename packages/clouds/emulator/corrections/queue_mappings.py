"""CloudFormation creates an event source mapping that declares `Enabled: false` enabled, and an update that changes its
function's alias keeps the old one.

AWS creates it disabled. What UpdateEventSourceMapping sets later stays until the declared mapping itself changes.
"""

from __future__ import annotations

from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from settings import Settings

Properties = dict[str, Any]


def apply(settings: Settings) -> None:
    del settings
    handler = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    create, update = handler["create"], handler["update"]

    def create_as_declared(logical_id: str, properties: Properties, stack: str) -> tuple[str, Properties]:
        created = create(logical_id, {**properties, "Enabled": _enabled(properties)}, stack)
        _settle(created[0], properties)
        return created

    def update_as_declared(physical_id: str, old: Properties, new: Properties, stack: str) -> tuple[str, Properties]:
        updated = update(physical_id, old, {**new, "Enabled": _enabled(new)}, stack)
        _settle(updated[0], new)
        return updated

    handler["create"], handler["update"] = create_as_declared, update_as_declared


def _enabled(properties: Properties) -> bool:
    return str(properties.get("Enabled", True)).lower() != "false"


def _settle(mapping_id: str, properties: Properties) -> None:
    mapping = lambda_svc._esms[mapping_id]
    mapping["State"] = "Enabled" if _enabled(properties) else "Disabled"
    _, qualifier = lambda_svc._resolve_name_and_qualifier(properties.get("FunctionName", ""))
    mapping["Qualifier"] = qualifier
