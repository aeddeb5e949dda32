"""A change set says `Conditional` of any change to a type that MiniStack has no list for (buckets, log groups, rules, event
source mappings, aliases, routes, ...), nothing of a resource whose condition no longer holds, and that a resource which
gets another type is replaced.

AWS says `Always` only of what the resource's schema calls create-only and `Never` of the rest; such a resource is a
`Remove`; and a change set that would give a resource another type fails. What an update does is MiniStack's as before.
`replacing_properties.json` is held to AWS's specification by a test of `packages/runtimes`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, provisioners, stacks
from ministack.services.cloudformation.engine import _evaluate_conditions
from ministack.services.cloudformation.helpers import _p

from settings import Settings

_REPLACING: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_name("replacing_properties.json").read_text())
_OTHER_TYPE = (
    "Update of resource type is not permitted. The new template modifies resource type of the following resources: [{}]"
)

_listed = provisioners._property_recreation
_resolve = changesets._resolve_props_for_diff


def apply(settings: Settings) -> None:
    del settings
    stacks._property_recreation = _recreation
    changesets._resolve_props_for_diff = _resolve_what_holds
    handlers._ACTION_HANDLERS["CreateChangeSet"] = _fails_for_other_types(handlers._ACTION_HANDLERS["CreateChangeSet"])


def _recreation(resource_type: str, name: str) -> str:
    known = _REPLACING.get(resource_type)
    if known is None:
        return _listed(resource_type, name)
    return next((word for word, names in known.items() if name in names), "Never")


def _resolve_what_holds(template: dict[str, Any], params: dict[str, Any], *rest: Any) -> dict[str, Any]:
    resolved = _resolve(template, params, *rest)
    if not resolved:
        return resolved
    holds = _evaluate_conditions(template, params)
    kept = {key: one for key, one in resolved["Resources"].items() if holds.get(one.get("Condition"), True)}
    return {**resolved, "Resources": kept}


def _fails_for_other_types(create: Callable[..., Any]) -> Callable[..., Any]:
    def create_change_set(params: dict[str, Any]) -> Any:
        answer = create(params)
        _, made = changesets._find_change_set(_p(params, "ChangeSetName"), _p(params, "StackName"))
        if answer[0] < 400 and made:
            _fail_for_other_types(made)
        return answer

    return create_change_set


def _fail_for_other_types(change_set: dict[str, Any]) -> None:
    stack = cloudformation._stacks.get(change_set["StackName"]) or {}
    before = (stack.get("_template") or {}).get("Resources", {})
    after = change_set["_template"].get("Resources", {})
    other = sorted(key for key in before.keys() & after.keys() if before[key].get("Type") != after[key].get("Type"))
    if other:
        reason = _OTHER_TYPE.format(", ".join(other))
        change_set.update(Status="FAILED", ExecutionStatus="UNAVAILABLE", StatusReason=reason, Changes=[])
