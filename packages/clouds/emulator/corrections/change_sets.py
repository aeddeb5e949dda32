"""A change set says `Conditional` of any change to a type that MiniStack has no list for (buckets, log groups, rules, event
source mappings, aliases, routes, ...), and nothing of a resource whose condition no longer holds.

AWS says `Always` only of what the resource's schema calls create-only, `Never` of the rest, and such a resource is a `Remove`.
What an update does is MiniStack's as before. `replacing_properties.json` is held to AWS's specification by a test of
`packages/runtimes`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ministack.services.cloudformation import changesets, provisioners, stacks
from ministack.services.cloudformation.engine import _evaluate_conditions

from settings import Settings

_REPLACING: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_name("replacing_properties.json").read_text())

_listed = provisioners._property_recreation
_resolve = changesets._resolve_props_for_diff


def apply(settings: Settings) -> None:
    del settings
    stacks._property_recreation = _recreation
    changesets._resolve_props_for_diff = _resolve_what_holds


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
