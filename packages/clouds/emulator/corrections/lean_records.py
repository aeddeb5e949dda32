"""MiniStack keeps every point of every metric, and makes a log stream for each invocation: an account grows without end.

CloudWatch keeps a distribution of values a minute, and Lambda a log stream for each execution environment. Here a metric
holds each distinct value of a minute once, with its count (durations to 2 %), for a day; and a function's version
logs to one stream a day, whose newest 10,000 events are kept.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from datetime import datetime, timezone
from typing import Any

from ministack.services import cloudwatch, cloudwatch_logs, lambda_svc

from settings import Settings

_METRIC_SECONDS = 24 * 3600
_STREAM_EVENTS = 10_000
# Events are dropped a thousand at a time, since that copies the list.
_SLACK = 1_000

# Tells the streams of this start of the account from those of another, as execution environments differ on AWS.
_ENVIRONMENT = f"{time.time_ns():032x}"
_event_ids = itertools.count(time.time_ns())
_lock = threading.Lock()


def apply(settings: Settings) -> None:
    del settings
    cloudwatch.TWO_WEEKS_SECONDS = _METRIC_SECONDS
    cloudwatch.record_metric = _record_metric
    lambda_svc._emit_lambda_logs = _emit_logs


def _record_metric(namespace: str, name: str, value: float, unit: str = "None", dimensions: dict[str, str] | None = None) -> None:
    """Count the value among those of this minute. Same signature as cloudwatch.record_metric."""
    now = time.time()
    minute = now - now % 60
    value = _rounded(float(value)) if unit == "Milliseconds" else float(value)
    points = cloudwatch._metric_bucket((namespace, name, cloudwatch._dims_key(dimensions or {})))
    with _lock:
        for point in reversed(points):
            if point["Timestamp"] < minute:
                break
            if point["Value"] == value and "Count" in point and point["Unit"] == unit:
                point["Count"] += 1.0
                return
        while points and points[0]["Timestamp"] < now - _METRIC_SECONDS:
            points.pop(0)
        points.append({"Timestamp": now, "Value": value, "Count": 1.0, "Unit": unit, "Dimensions": dict(dimensions or {})})


def _rounded(milliseconds: float) -> float:
    """To the nearest power of 1.02."""
    return milliseconds if milliseconds <= 0 else round(1.02 ** round(math.log(milliseconds, 1.02)), 3)


def _emit_logs(
    func: dict[str, Any],
    request_id: str,
    log_text: str,
    error: bool,
    duration_ms: int,
    *,
    log_source: str | None = None,
) -> None:
    """Write START, the function's lines, END and REPORT. Same signature as lambda_svc._emit_lambda_logs."""
    del error, log_source
    config = func.get("config") or func
    name, version = config.get("FunctionName", "unknown"), config.get("Version", "$LATEST")
    group_name = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    memory = config.get("MemorySize", 128)
    lines = [
        f"START RequestId: {request_id} Version: {version}",
        *log_text.splitlines(),
        f"END RequestId: {request_id}",
        f"REPORT RequestId: {request_id}\tDuration: {duration_ms} ms\tBilled Duration: {duration_ms} ms\t"
        f"Memory Size: {memory} MB\tMax Memory Used: {lambda_svc._probe_peak_memory_mb(func)} MB",
    ]
    now = int(time.time() * 1000)
    stream_name = f"{datetime.now(timezone.utc):%Y/%m/%d}/[{version}]{_ENVIRONMENT}"
    stream = _stream(group_name, stream_name, now)
    written = [{"timestamp": now, "message": line, "ingestionTime": now, "eventId": str(next(_event_ids))} for line in lines]
    cloudwatch_logs._append_log_events(stream, written)
    if len(stream["events"]) > _STREAM_EVENTS + _SLACK:
        with cloudwatch_logs._log_events_lock:
            stream["events"] = stream["events"][-_STREAM_EVENTS:]
    events = [{"timestamp": now, "message": line} for line in lines]
    cloudwatch_logs._fanout_to_subscription_filters(group_name, stream_name, events)


def _stream(group_name: str, stream_name: str, now: int) -> dict[str, Any]:
    groups = cloudwatch_logs._log_groups
    with _lock:
        if group_name not in groups:
            groups[group_name] = {
                "arn": cloudwatch_logs._make_group_arn(group_name),
                "creationTime": now,
                "retentionInDays": None,
                "tags": {},
                "subscriptionFilters": {},
                "streams": {},
            }
        return groups[group_name]["streams"].setdefault(
            stream_name,
            {
                "events": [],
                "uploadSequenceToken": "1",
                "creationTime": now,
                "firstEventTimestamp": None,
                "lastEventTimestamp": None,
                "lastIngestionTime": None,
            },
        )
