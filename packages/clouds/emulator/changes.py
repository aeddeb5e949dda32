"""Notes what changes an account's state, so that an idle account writes no snapshots, and whoever looks at one again and again
need not read what is as it was. Used by corrections/durable_state.py."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from ministack import app

# Operations whose names begin so only read; any other request that is not a GET or HEAD counts as a change.
_READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "Filter", "Head", "Lookup")

# Operations that write what a service holds for its users and nothing of how the account is configured. Whatever is not here counts.
_USES = ("SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "PutItem", "UpdateItem", "DeleteItem")
_USES += ("BatchWriteItem", "Transact", "PutLogEvents", "PutMetricData", "Publish", "AssumeRole", "GetSessionToken", "DetectStack")
_USED_PATHS = re.compile(r"(/2015-03-31/functions/[^/]+/invocations|/_aws/(execute-api|lambda-url)/.*|/v1/speech)")
_OF_S3 = re.compile(r"Credential=[^,]*/s3/aws4_request")

_STATE_SECONDS = 1.0
# Functions that ran and changed nothing else leave logs and metrics only; those may be this old after a kill.
_CHATTER_SECONDS = 15.0


class Changes:
    """Until when the next snapshot must be taken (monotonic seconds), or None when nothing has changed."""

    def __init__(self) -> None:
        self._due: float | None = None
        self._changed = threading.Condition()
        # A process that starts anew begins with what was saved, which may be older.
        self._life = uuid.uuid4().hex
        self._configured = 0

    def mark(self) -> None:
        """State changed that must not be lost for longer than a second."""
        self._within(_STATE_SECONDS)

    def mark_configured(self) -> None:
        """How the account is configured changed."""
        with self._changed:
            self._configured += 1
        self.mark()

    def configuration(self) -> str:
        """The revision of the account's configuration: another one after each change of that."""
        return f"{self._life}-{self._configured}"

    def mark_chatter(self) -> None:
        """Only logs and metrics changed."""
        self._within(_CHATTER_SECONDS)

    def clear(self) -> None:
        """What has changed so far is in the snapshot that begins now."""
        with self._changed:
            self._due = None

    def wait(self) -> None:
        """Return when a snapshot is due."""
        with self._changed:
            while self._due is None or self._due > time.monotonic():
                self._changed.wait(None if self._due is None else max(0.001, self._due - time.monotonic()))

    def _within(self, seconds: float) -> None:
        due = time.monotonic() + seconds
        if self._due is not None and self._due <= due:
            return
        with self._changed:
            if self._due is None or self._due > due:
                self._due = due
                self._changed.notify_all()


def observe(changes: Changes) -> None:
    """Mark every request that writes, step of a stack, batch taken from a queue, and run of a function."""
    from ministack.services import lambda_svc, sqs
    from ministack.services.cloudformation import stacks

    app._dispatch_service_request = _marking_requests(app._dispatch_service_request, changes)
    stacks._add_event = _after(stacks._add_event, changes.mark_configured)
    lambda_svc._run_sqs_batch = _after(lambda_svc._run_sqs_batch, changes.mark)
    lambda_svc._execute_function = _after(lambda_svc._execute_function, changes.mark_chatter)
    sqs._receive_messages_for_esm = _after(sqs._receive_messages_for_esm, changes.mark, only_for=bool)


def _after(
    function: Callable[..., Any], mark: Callable[[], None], only_for: Callable[[Any], bool] | None = None
) -> Callable[..., Any]:
    def call_and_mark(*args: Any, **kwargs: Any) -> Any:
        result: Any = None
        try:
            result = function(*args, **kwargs)
            return result
        finally:
            if only_for is None or only_for(result):
                mark()

    return call_and_mark


def _marking_requests(dispatch: Callable[..., Any], changes: Changes) -> Callable[..., Any]:
    async def dispatch_and_mark(method: str, path: str, headers: dict, body: bytes, query: dict, request_id: str) -> Any:
        answer = await dispatch(method, path, headers, body, query, request_id)
        if _writes(method, path, headers, body, answer):
            if _configures(method, path, headers, body):
                changes.mark_configured()
            else:
                changes.mark()
        return answer

    return dispatch_and_mark


def _writes(method: str, path: str, headers: dict[str, str], body: bytes, answer: Any) -> bool:
    if method in ("GET", "HEAD", "OPTIONS"):
        return False
    if method in ("PUT", "DELETE", "PATCH"):
        return True
    operation = _operation(path, headers, body)
    if operation == "ReceiveMessage":
        return isinstance(answer[2], bytes) and b'"Messages"' in answer[2]
    return not operation.startswith(_READS)


def _configures(method: str, path: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether a request that writes may change how the account is configured."""
    operation = _operation(path, headers, body)
    if operation:
        return not operation.startswith(_USES)
    # An object of a bucket; a bucket itself has no second part.
    if "/" in path.strip("/") and _OF_S3.search(headers.get("authorization", "")):
        return False
    return method != "POST" or _USED_PATHS.fullmatch(path) is None


def _operation(path: str, headers: dict[str, str], body: bytes) -> str:
    """The operation of a request that names one; "" where method and path say what it is."""
    operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    if not operation and body.startswith(b"Action="):
        operation = body[7:80].split(b"&", 1)[0].decode("ascii", "replace")
    if not operation and path.startswith("/service/"):
        operation = path.rsplit("/", 1)[-1]
    return operation
