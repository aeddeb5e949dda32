"""CloudFormation's drift detection looks at few types: not at policies, alarms, rules, mappings, permissions, HTTP and REST APIs, and of buckets, tables,
queues, roles and secrets not at all that a template sets. What is no longer set counts as in sync.

AWS compares every property that the template sets; one that is gone counts as removed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from ministack.services import (
    apigateway,
    apigateway_v1,
    cloudwatch,
    dynamodb,
    eventbridge,
    iam,
    lambda_svc,
    s3,
    sns,
    sqs,
)
from ministack.services.cloudformation import drift, provisioners

from settings import Settings

Properties = dict[str, Any]
# Physical id and expected properties -> what is set now, in the template's form; None: the resource is gone.
Reader = Callable[[str, Properties], Properties | None]

_ALARM = (
    "ActionsEnabled AlarmActions AlarmDescription ComparisonOperator Dimensions EvaluationPeriods ExtendedStatistic MetricName "
    "Namespace OKActions Period Statistic Threshold TreatMissingData"
).split()
_MAPPING = "BatchSize Enabled EventSourceArn FunctionResponseTypes MaximumBatchingWindowInSeconds ScalingConfig".split()


def apply(settings: Settings) -> None:
    del settings
    _add("AWS::CloudWatch::Alarm", lambda name, _: _picked(cloudwatch._alarms.get(name), _ALARM), *_ALARM)
    _add("AWS::CloudWatch::Dashboard", _dashboard, "DashboardBody")
    _add("AWS::Events::Rule", _rule, "ScheduleExpression", "State", "Targets")
    _add("AWS::IAM::ManagedPolicy", _managed_policy, "PolicyDocument")
    _add("AWS::IAM::Role", _role, "ManagedPolicyArns", "Policies")
    _add("AWS::Lambda::EventSourceMapping", lambda uuid, _: _picked(lambda_svc._esms.get(uuid), _MAPPING), *_MAPPING)
    _add("AWS::Lambda::Permission", _permission, "Action", "Principal", "SourceArn")
    _add("AWS::S3::BucketPolicy", _bucket_policy, "PolicyDocument")
    _add("AWS::SNS::TopicPolicy", _attached(sns._topics, "Topics"), "PolicyDocument")
    _add("AWS::SQS::QueuePolicy", _attached(sqs._queues, "Queues"), "PolicyDocument")
    _add("AWS::SQS::Queue", _queue, "RedrivePolicy", "SqsManagedSseEnabled")
    _add("AWS::DynamoDB::Table", _table, "PointInTimeRecoverySpecification", "TimeToLiveSpecification")
    _add("AWS::S3::Bucket", _bucket, *_BUCKET)
    _add("AWS::ApiGatewayV2::Api", lambda api, _: _pascal(apigateway._apis.get(api)), "DisableExecuteApiEndpoint", "Name", "ProtocolType")
    _add("AWS::ApiGatewayV2::Stage", _stage, "AccessLogSettings", "AutoDeploy", "DefaultRouteSettings")
    _add("AWS::ApiGatewayV2::Route", _within(apigateway._routes), "AuthorizationType", "RouteKey", "Target")
    _add("AWS::ApiGatewayV2::Integration", _within(apigateway._integrations), "IntegrationType", "IntegrationUri", "PayloadFormatVersion")
    _add("AWS::ApiGateway::RestApi", lambda api, _: _pascal(apigateway_v1._rest_apis.get(api)), "Name")
    _add("AWS::ApiGateway::Resource", lambda one, expected: _pascal(_rest_resources(expected).get(one)), "PathPart")
    _add("AWS::ApiGateway::Method", _rest_method, "AuthorizationType", "Integration")
    _add("AWS::ApiGateway::Stage", _rest_stage, "DeploymentId")
    _add("AWS::ApiGateway::Deployment", lambda one, expected: {} if one in apigateway_v1._deployments_v1.get(expected.get("RestApiId", ""), {}) else None)
    _add("AWS::Logs::LogGroup", lambda name, _: {"RetentionInDays": None}, "RetentionInDays")


def _add(resource_type: str, reader: Reader, *names: str) -> None:
    """Beside what MiniStack reads of a type; its word counts where it has one."""
    known, own = drift._DRIFT_READERS.get(resource_type, (lambda *_: {}, frozenset()))

    def read(physical_id: str, expected: Properties) -> Properties | None:
        present = known(physical_id, expected)
        more = reader(physical_id, expected)
        if present is None or more is None:
            return None
        return {name: _alike(value, expected.get(name)) for name, value in {**more, **present}.items()}

    drift._DRIFT_READERS[resource_type] = (read, frozenset({*own, *names}))


def _alike(value: Any, expected: Any) -> Any:
    """1.0 is what a template calls 1."""
    return expected if isinstance(value, float) and isinstance(expected, int) and value == expected else value


def _picked(record: Properties | None, names: list[str]) -> Properties | None:
    return None if record is None else {name: record.get(name) for name in names}


def _document(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value or None


def _dashboard(name: str, expected: Properties) -> Properties | None:
    record = cloudwatch._dashboards.get(name)
    if record is None:
        return None
    declared = expected.get("DashboardBody")
    same = isinstance(declared, str) and _document(declared) == _document(record["DashboardBody"])
    return {"DashboardBody": declared if same else record["DashboardBody"]}


def _rule(name: str, expected: Properties) -> Properties | None:
    key = eventbridge._rule_key(name, provisioners._eb_rule_bus_name(expected))
    rule = eventbridge._rules.get(key)
    if rule is None:
        return None
    targets = [{name: value for name, value in one.items() if value} for one in eventbridge._targets.get(key, [])]
    return {**_picked(rule, ["ScheduleExpression", "State"]), "Targets": targets}  # type: ignore[dict-item]


def _managed_policy(arn: str, _: Properties) -> Properties | None:
    record = iam._policies.get(arn)
    if record is None:
        return None
    return {"PolicyDocument": _document(record["Versions"][record["DefaultVersionId"]]["Document"])}


def _role(name: str, _: Properties) -> Properties | None:
    role = iam._roles.get(name)
    if role is None:
        return None
    policies = [{"PolicyName": key, "PolicyDocument": _document(text)} for key, text in role["InlinePolicies"].items()]
    return {"ManagedPolicyArns": list(role["AttachedPolicies"]), "Policies": policies}


def _permission(sid: str, expected: Properties) -> Properties | None:
    function, *_ = provisioners._lambda_function_for_cfn_ref(expected.get("FunctionName", ""))
    found = next((one for one in (function or {}).get("policy", {}).get("Statement", []) if one["Sid"] == sid), None)
    if found is None:
        return None
    principal = found["Principal"]
    named = next(iter(principal.values())) if isinstance(principal, dict) else principal
    source = found.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn")
    return {"Action": found["Action"], "Principal": named, "SourceArn": source}


def _bucket_policy(_: str, expected: Properties) -> Properties | None:
    policy = s3._bucket_policies.get(expected.get("Bucket", ""))
    return None if policy is None else {"PolicyDocument": _document(policy)}


def _attached(store: Any, members: str) -> Reader:
    def read(_: str, expected: Properties) -> Properties | None:
        records = [store.get(member) for member in expected.get(members, [])]
        policies = [_document((record or {}).get("attributes", {}).get("Policy")) for record in records]
        other = next((policy for policy in policies if policy != expected.get("PolicyDocument")), None)
        if None in policies:
            return None
        return {"PolicyDocument": other or expected.get("PolicyDocument")}

    return read


def _queue(url: str, _: Properties) -> Properties | None:
    queue = sqs._queues.get(url)
    return None if queue is None else {"RedrivePolicy": None, "SqsManagedSseEnabled": queue["attributes"].get("SqsManagedSseEnabled")}


def _table(name: str, _: Properties) -> Properties | None:
    if name not in dynamodb._tables:
        return None
    ttl = dynamodb._ttl_settings.get(name, {})
    live = {"AttributeName": ttl.get("AttributeName"), "Enabled": ttl.get("TimeToLiveStatus") == "ENABLED"}
    recovery = {"PointInTimeRecoveryEnabled": bool(dynamodb._pitr_settings.get(name, False))}
    return {"TimeToLiveSpecification": live, "PointInTimeRecoverySpecification": recovery}


def _stage(name: str, expected: Properties) -> Properties | None:
    return _pascal(apigateway._stages.get(expected.get("ApiId", ""), {}).get(name))


def _rest_resources(expected: Properties) -> Properties:
    resources: Properties = apigateway_v1._resources.get(expected.get("RestApiId", ""), {})
    return resources


def _rest_method(_: str, expected: Properties) -> Properties | None:
    methods = _rest_resources(expected).get(expected.get("ResourceId", ""), {}).get("resourceMethods", {})
    method = methods.get(expected.get("HttpMethod", ""))
    if method is None:
        return None
    integration = method.get("methodIntegration")
    if integration is None:
        return {"AuthorizationType": method.get("authorizationType"), "Integration": None}
    declared = expected.get("Integration") or {}
    told = {**_pascal(integration), "IntegrationHttpMethod": integration.get("httpMethod")}
    compared = {name: told.get(name) for name in ("IntegrationHttpMethod", "Type", "Uri") if name in declared}
    return {"AuthorizationType": method.get("authorizationType"), "Integration": {**declared, **compared}}


def _rest_stage(name: str, expected: Properties) -> Properties | None:
    return _pascal(apigateway_v1._stages_v1.get(expected.get("RestApiId", ""), {}).get(name))


def _within(store: Any) -> Reader:
    return lambda physical_id, expected: _pascal(store.get(expected.get("ApiId", ""), {}).get(physical_id.rsplit("/", 1)[-1]))


def _pascal(value: Any) -> Any:
    """An HTTP API's record in the template's spelling."""
    if not isinstance(value, dict):
        return value
    return {name[0].upper() + name[1:]: _pascal(part) for name, part in value.items()}


# A bucket's settings are kept as the XML of their own calls.
_BUCKET = ("BucketEncryption", "CorsConfiguration", "LifecycleConfiguration", "PublicAccessBlockConfiguration")


def _bucket(name: str, expected: Properties) -> Properties | None:
    bucket = s3._buckets.get(name)
    if bucket is None:
        return None
    texts = {
        "BucketEncryption": s3._bucket_encryption.get(name),
        "CorsConfiguration": s3._bucket_cors.get(name),
        "PublicAccessBlockConfiguration": bucket.get("_public_access_block"),
    }
    settings = {key: _bucket_setting(key, text, expected.get(key)) for key, text in texts.items()}
    return {**settings, "LifecycleConfiguration": _lifecycle(s3._bucket_lifecycle.get(name))}


def _bucket_setting(key: str, text: str | bytes | None, expected: Any) -> Any:
    """The expected value where the XML says the same; else what it says."""
    from corrections.dropped_properties import _encryption_xml

    if not text:
        return None
    xml_of: dict[str, Callable[[Any], bytes]] = {
        "BucketEncryption": _encryption_xml,
        "CorsConfiguration": provisioners._s3_cors_xml,
        "PublicAccessBlockConfiguration": provisioners._s3_public_access_block_xml,
    }
    found = _tree(ElementTree.fromstring(text))
    if expected is not None and found == _tree(ElementTree.fromstring(xml_of[key](expected))):
        return expected
    return _spelled[key](found)


# An element as its text, or as its children by name: each a list.
Tree = str | dict[str, list[Any]]


def _tree(element: ElementTree.Element) -> Tree:
    children: dict[str, list[Any]] = {}
    for child in element:
        children.setdefault(child.tag.rsplit("}", 1)[-1], []).append(_tree(child))
    return children or (element.text or "").strip()


def _one(tree: Any, *path: str) -> Any:
    for name in path:
        tree = tree.get(name, [None])[0] if isinstance(tree, dict) else None
    return tree


def _set(properties: Properties) -> Properties:
    return {name: value for name, value in properties.items() if value not in (None, [], {})}


def _encryption(tree: Any) -> Properties:
    default = "ApplyServerSideEncryptionByDefault"
    rules = [{f"ServerSideEncryptionByDefault": _set({name: _one(rule, default, name) for name in ("SSEAlgorithm", "KMSMasterKeyID")})} for rule in tree.get("Rule", [])]
    return {"ServerSideEncryptionConfiguration": rules}


def _cors(tree: Any) -> Properties:
    return {
        "CorsRules": [
            _set(
                {
                    "Id": _one(rule, "ID"),
                    "AllowedHeaders": rule.get("AllowedHeader"),
                    "AllowedMethods": rule.get("AllowedMethod"),
                    "AllowedOrigins": rule.get("AllowedOrigin"),
                    "ExposedHeaders": rule.get("ExposeHeader"),
                    "MaxAge": _number(_one(rule, "MaxAgeSeconds")),
                }
            )
            for rule in tree.get("CORSRule", [])
        ]
    }


def _lifecycle(rules: list[Properties] | None) -> Properties | None:
    """These alone are kept as records."""
    if not rules:
        return None
    return {
        "Rules": [
            _set(
                {
                    "Id": rule.get("ID"),
                    "Prefix": rule.get("Filter", {}).get("Prefix") or rule.get("Prefix"),
                    "Status": rule.get("Status"),
                    "ExpirationInDays": _number(rule.get("Expiration", {}).get("Days")),
                    "AbortIncompleteMultipartUpload": _set(
                        {"DaysAfterInitiation": _number(rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"))}
                    ),
                }
            )
            for rule in rules
        ]
    }


def _number(text: str | int | None) -> int | None:
    return None if text in (None, "") else int(text)


_spelled: dict[str, Callable[[Any], Properties]] = {
    "BucketEncryption": _encryption,
    "CorsConfiguration": _cors,
    "PublicAccessBlockConfiguration": lambda tree: {name: values[0] == "true" for name, values in tree.items()},
}
