"""EventBridge rules and SNS topics call any function, whoever its resource policy permits.

AWS asks the policy of what is called, a function or one of its aliases, for the service and the rule or topic. What may not call is
dropped: EventBridge counts a failed invocation, SNS a failed notification. A rule's target with a role is asked for that instead, which
is not corrected here.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

from ministack.services import eventbridge, lambda_svc, sns

from settings import Settings


def apply(settings: Settings) -> None:
    del settings
    invoke, deliver = eventbridge._invoke_target, sns._deliver_to_lambda

    def invoke_if_permitted(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> Any:
        arn = target.get("Arn", "")
        if ":lambda:" not in arn or target.get("RoleArn") or _permits(arn, "events.amazonaws.com", rule.get("Arn", "")):
            return invoke(target, event, rule, view)
        return None

    def deliver_if_permitted(endpoint: str, envelope: str, topic_arn: str, *rest: Any) -> None:
        if _permits(endpoint, "sns.amazonaws.com", topic_arn):
            deliver(endpoint, envelope, topic_arn, *rest)

    eventbridge._invoke_target = invoke_if_permitted
    sns._deliver_to_lambda = deliver_if_permitted


def _permits(arn: str, service: str, source: str) -> bool:
    """Whether the policy of a function, or of its alias or version, lets a service call it on behalf of a resource."""
    found = re.search(r":function:([^:]+)", arn)
    func = lambda_svc._functions.get(found.group(1)) if found else None
    statements = (func or {}).get("policy", {}).get("Statement", [])
    return any(_matches(one, arn, service, source) for one in statements)


def _matches(statement: dict[str, Any], arn: str, service: str, source: str) -> bool:
    principal = statement.get("Principal")
    if statement.get("Resource") != arn or principal not in ("*", {"Service": service}):
        return False
    condition = statement.get("Condition") or {}
    for key, wanted in {**(condition.get("ArnLike") or {}), **(condition.get("ArnEquals") or {})}.items():
        if key.lower() != "aws:sourcearn" or not fnmatchcase(source, str(wanted)):
            return False
    for key, wanted in (condition.get("StringEquals") or {}).items():
        if key.lower() != "aws:sourceaccount" or source.split(":")[4:5] != [str(wanted)]:
            return False
    return "Bool" not in condition
