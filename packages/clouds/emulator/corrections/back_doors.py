"""MiniStack lets anybody on the machine wipe an account (`/_ministack/reset`), change it (`/_ministack/config`), read its
messages (`/_ministack/sqs/messages`), and list and create buckets without credentials.

AWS has no such doors. Here only what its own functions and stacks need stays open, and without credentials S3 is asked only
about objects (whose bucket policies and ACLs MiniStack honours).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app
from ministack.core import iam_evaluator

from settings import Settings

_INTERNAL = ("/_ministack/", "/_localstack/")
_OPEN = (
    "/_ministack/health",
    "/_ministack/ready",
    "/_ministack/cfn-response/",
    "/_ministack/cfn-signal/",
    "/_ministack/lambda-code/",
    "/_ministack/lambda-layers/",
)
_OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")


def apply(settings: Settings) -> None:
    del settings
    app.app = _closed(app.app)
    iam_evaluator.enforce = _without_anonymous_buckets(iam_evaluator.enforce)


def _closed(inner: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def serve(scope: dict[str, Any], receive: Any, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(_INTERNAL) or path.startswith(_OPEN):
            await inner(scope, receive, send)
            return
        body = json.dumps({"__type": "AccessDeniedException", "message": f"{path} is closed in an emulated account"}).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return serve


def _without_anonymous_buckets(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def enforce_all(access_key_id: str, iam_action: str, service: str, *rest: Any, **named: Any) -> Any:
        if service == "s3" and not access_key_id and not iam_action.startswith(_OBJECT_ACTIONS):
            return iam_evaluator.AuthError("AccessDenied", "Access Denied")
        return enforce(access_key_id, iam_action, service, *rest, **named)

    return enforce_all
