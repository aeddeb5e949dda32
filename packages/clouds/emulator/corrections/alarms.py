"""MiniStack looks at an alarm only when something is put, and ignores its dimensions, `DatapointsToAlarm` and missing data.

CloudWatch evaluates every alarm over its last `EvaluationPeriods` complete periods: `DatapointsToAlarm` of them must breach,
and `TreatMissingData` says what a period without data counts as. Alarms of metric math stay as MiniStack leaves them.
"""

from __future__ import annotations

import operator
import sys
import threading
import time
import traceback
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from settings import Settings

_EVERY_SECONDS = 5

_COMPARE = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}

Alarm = dict[str, Any]


def apply(settings: Settings) -> None:
    del settings
    cloudwatch._evaluate_alarm = _evaluate
    threading.Thread(target=_evaluate_for_ever, daemon=True, name="alarms").start()


def _evaluate_for_ever() -> None:
    while True:
        time.sleep(_EVERY_SECONDS)
        for (account, region, _), alarm in list(cloudwatch._alarms._data.items()):
            try:
                with request_scope(account, region):
                    _evaluate(alarm)
            except Exception:  # one alarm's fault must not end the evaluation of the others; it is reported
                traceback.print_exc(file=sys.stderr)


def _evaluate(alarm: Alarm) -> None:
    compare = _COMPARE.get(alarm.get("ComparisonOperator", ""))
    if compare is None or not alarm.get("Namespace") or not alarm.get("MetricName"):
        return
    values = _values(alarm, time.time())
    present = [value for value in values if value is not None]
    missing = alarm.get("TreatMissingData") or "missing"
    breaching = sum(bool(compare(value, float(alarm.get("Threshold", 0)))) for value in present)
    if missing == "breaching":
        breaching += len(values) - len(present)
    if breaching >= int(alarm.get("DatapointsToAlarm") or len(values)):
        _set(alarm, "ALARM", values)
    elif present or missing in ("breaching", "notBreaching"):
        _set(alarm, "OK", values)
    elif missing == "missing":
        _set(alarm, "INSUFFICIENT_DATA", values)


def _values(alarm: Alarm, now: float) -> list[float | None]:
    """The statistic of each of the last complete periods, newest first; None for one without data."""
    period, count = int(alarm.get("Period") or 60), int(alarm.get("EvaluationPeriods") or 1)
    dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or []}
    points = cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))) or []
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    end = now - now % period
    found: list[float | None] = []
    for n in range(count):
        inside = [p for p in points if end - (n + 1) * period <= p["Timestamp"] < end - n * period and _has_unit(p, alarm)]
        found.append(cloudwatch._stat_value(cloudwatch._calc_stats(inside), statistic, inside) if inside else None)
    return found


def _has_unit(point: dict[str, Any], alarm: Alarm) -> bool:
    return not alarm.get("Unit") or point.get("Unit") == alarm["Unit"]


def _set(alarm: Alarm, state: str, values: list[float | None]) -> None:
    before = alarm["StateValue"]
    if before == state:
        return
    shown = ", ".join("no data" if value is None else f"{value:g}" for value in values)
    reason = f"Threshold Crossed: [{shown}] against {alarm['ComparisonOperator']} {alarm.get('Threshold')}"
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
