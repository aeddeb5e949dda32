"""An update may take away or change an export that another stack imports, what it took away can still be imported, and of two
stacks that export one name the last one wins.

AWS rolls such an update back ("Export X cannot be deleted as it is in use by Y", the reason of UPDATE_ROLLBACK_IN_PROGRESS),
forgets an export with its output, and refuses a name that another stack exports.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks
from ministack.services.cloudformation.handlers import _imported_export_names

from settings import Settings

_ABSENT = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")

_resolve = stacks._resolve_stack_outputs
_add_event = stacks._add_event
_roll_back = stacks._roll_back_operation

# Why the operation that runs on a stack goes back, by the stack's id.
_refusals: dict[str, str] = {}


def apply(settings: Settings) -> None:
    del settings
    stacks._resolve_stack_outputs = _outputs
    stacks._add_event = _event
    stacks._roll_back_operation = _rolled_back


def _outputs(*args: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What an operation on a stack gives its outputs: the last of it that may fail."""
    stack_name, stack_id = args[-2:]
    outputs, exports = _resolve(*args)
    known = cloudformation._exports
    mine = {name: one["Value"] for name, one in known.items() if one["StackId"] == stack_id}
    reason = _refusal(stack_name, mine, exports)
    if reason:
        _refusals[stack_id] = reason
        raise ValueError(reason)
    for name in mine.keys() - exports.keys():
        known.pop(name, None)
    return outputs, exports


def _refusal(stack_name: str, mine: dict[str, str], exports: dict[str, Any]) -> str | None:
    for other_name, other in _others(stack_name):
        taken = {one.get("ExportName") for one in other.get("Outputs", [])}
        for name in exports:
            if name in taken:
                return f"Export with name {name} is already exported by stack {other_name}"
    for name, value in mine.items():
        change = "deleted" if name not in exports else "updated" if exports[name]["Value"] != value else None
        users = _importers(stack_name, name) if change else []
        if users:
            return f"Export {name} cannot be {change} as it is in use by {' and '.join(users)}"
    return None


def _importers(stack_name: str, export: str) -> list[str]:
    return [name for name, other in _others(stack_name) if export in _imported_export_names(other, name)]


def _others(stack_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, other in list(cloudformation._stacks.items()):
        if name != stack_name and other.get("StackStatus") not in _ABSENT:
            yield name, other


def _event(stack_id: str, name: str, logical_id: str, kind: str, status: str, reason: str = "", *rest: Any, **more: Any) -> None:
    """On AWS the stack itself has not failed then: it goes back, and says why."""
    if status == "UPDATE_FAILED" and reason and _refusals.get(stack_id) == reason:
        return
    _add_event(stack_id, name, logical_id, kind, status, reason, *rest, **more)


async def _rolled_back(stack_name: str, stack_id: str, stack: dict[str, Any], operation: dict[str, Any], why: str = "") -> None:
    await _roll_back(stack_name, stack_id, stack, operation, why or _refusals.pop(stack_id, ""))
