"""CloudFormation drops properties in silence: a table's TTL, point-in-time recovery and encryption, a function's reserved
concurrency and dead-letter target, a bucket's tags (so CDK's `autoDeleteObjects` fails), encryption and lifecycle.

AWS applies them at create and update, and takes away what an update no longer declares.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import dynamodb, lambda_svc, s3
from ministack.services.cloudformation import provisioners

from settings import Settings

Properties = dict[str, Any]
# Applies to the resource of this physical id what changed between the old and the new properties.
Apply = Callable[[str, Properties, Properties], None]


def apply(settings: Settings) -> None:
    del settings
    _after("AWS::DynamoDB::Table", _table)
    _after("AWS::Lambda::Function", _function)
    _after("AWS::S3::Bucket", _bucket)


def _after(resource_type: str, complete: Apply) -> None:
    handler = provisioners._RESOURCE_HANDLERS[resource_type]
    create, update = handler["create"], handler["update"]

    def create_all(logical_id: str, properties: Properties, stack: str) -> tuple[str, dict[str, Any]]:
        created = create(logical_id, properties, stack)
        complete(created[0], {}, properties)
        return created

    def update_all(physical_id: str, old: Properties, new: Properties, *rest: Any, **named: Any) -> tuple[str, dict[str, Any]]:
        updated = update(physical_id, old, new, *rest, **named)
        complete(updated[0], old, new)
        return updated

    handler["create"], handler["update"] = create_all, update_all


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def _done(answer: tuple[int, Any, Any]) -> None:
    if answer[0] >= 400:
        raise ValueError(f"{answer[2]!r}")


def _table(name: str, old: Properties, new: Properties) -> None:
    ttl, before = new.get("TimeToLiveSpecification"), old.get("TimeToLiveSpecification")
    if ttl:
        _done(dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": {**ttl, "Enabled": _true(ttl.get("Enabled"))}}))
    elif before:
        off = {"AttributeName": before["AttributeName"], "Enabled": False}
        _done(dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": off}))
    recovery = new.get("PointInTimeRecoverySpecification") or {}
    if recovery or old.get("PointInTimeRecoverySpecification"):
        enabled = {**recovery, "PointInTimeRecoveryEnabled": _true(recovery.get("PointInTimeRecoveryEnabled"))}
        _done(dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": enabled}))
    sse = new.get("SSESpecification") or {}
    dynamodb._tables[name]["SSEDescription"] = (
        {"Status": "ENABLED", "SSEType": sse.get("SSEType", "KMS"), "KMSMasterKeyArn": sse.get("KMSMasterKeyId", "")}
        if _true(sse.get("SSEEnabled"))
        else None
    )


def _function(name: str, old: Properties, new: Properties) -> None:
    func = lambda_svc._functions[name]
    if "ReservedConcurrentExecutions" in new:
        func["concurrency"] = int(new["ReservedConcurrentExecutions"])
    elif "ReservedConcurrentExecutions" in old:
        func["concurrency"] = None
    if new.get("DeadLetterConfig"):
        func["config"]["DeadLetterConfig"] = new["DeadLetterConfig"]
    elif old.get("DeadLetterConfig"):
        func["config"].pop("DeadLetterConfig", None)


def _bucket(name: str, old: Properties, new: Properties) -> None:
    if new.get("Tags"):
        s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in new["Tags"]}
    elif old.get("Tags"):
        s3._bucket_tags.pop(name, None)
    if new.get("BucketEncryption"):
        _done(s3._put_bucket_encryption(name, _encryption_xml(new["BucketEncryption"])))
    elif old.get("BucketEncryption"):
        s3._delete_bucket_encryption(name)
    if new.get("LifecycleConfiguration"):
        _done(s3._put_bucket_lifecycle(name, _lifecycle_xml(new["LifecycleConfiguration"])))
    elif old.get("LifecycleConfiguration"):
        s3._delete_bucket_lifecycle(name)


def _element(name: str, *content: str) -> str:
    return f"<{name}>{''.join(content)}</{name}>"


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    return _element(name, escape(str(value).lower() if isinstance(value, bool) else str(value)))


def _encryption_xml(encryption: Properties) -> bytes:
    rules = []
    for rule in encryption["ServerSideEncryptionConfiguration"]:
        default = rule.get("ServerSideEncryptionByDefault") or {}
        rules.append(
            _element(
                "Rule",
                _element(
                    "ApplyServerSideEncryptionByDefault",
                    _text("SSEAlgorithm", default.get("SSEAlgorithm")),
                    _text("KMSMasterKeyID", default.get("KMSMasterKeyID")),
                ),
                _text("BucketKeyEnabled", rule.get("BucketKeyEnabled")),
            )
        )
    return _element("ServerSideEncryptionConfiguration", *rules).encode()


def _lifecycle_xml(lifecycle: Properties) -> bytes:
    return _element("LifecycleConfiguration", *(_lifecycle_rule(rule) for rule in lifecycle["Rules"])).encode()


def _lifecycle_rule(rule: Properties) -> str:
    """One rule: the actions of CloudFormation's Rule type that expire, abort and transition."""
    expiration = (
        _text("Days", rule.get("ExpirationInDays"))
        + _text("Date", rule.get("ExpirationDate"))
        + _text("ExpiredObjectDeleteMarker", rule.get("ExpiredObjectDeleteMarker"))
    )
    noncurrent = rule.get("NoncurrentVersionExpiration") or {}
    abort = rule.get("AbortIncompleteMultipartUpload") or {}
    return _element(
        "Rule",
        _text("ID", rule.get("Id")),
        _element("Filter", _text("Prefix", rule.get("Prefix", ""))),
        _text("Status", rule["Status"]),
        _element("Expiration", expiration) if expiration else "",
        _element("NoncurrentVersionExpiration", _text("NoncurrentDays", noncurrent["NoncurrentDays"])) if noncurrent else "",
        _element("AbortIncompleteMultipartUpload", _text("DaysAfterInitiation", abort["DaysAfterInitiation"])) if abort else "",
        *(
            _element("Transition", _text("Days", t.get("TransitionInDays")), _text("StorageClass", t["StorageClass"]))
            for t in rule.get("Transitions") or []
        ),
    )
