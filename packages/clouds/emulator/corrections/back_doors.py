"""MiniStack lets anybody on the machine wipe an account (`/_ministack/reset`), change it (`/_ministack/config`), read its
messages (`/_ministack/sqs/messages`), fetch the code of its functions and layers (`/_ministack/lambda-code/…`), and list and create
buckets without credentials; and it answers whatever Host a request names, so that a page of the web may ask it (DNS rebinding).

AWS has no such doors: `Code.Location` is a URL that is signed for ten minutes, and a name that is not AWS's leads nowhere. Here only
what its own functions and stacks need stays open; links to code carry a signature that is checked; a Host is a name of the loopback
interface or of AWS; and without credentials S3 is asked only about objects (whose bucket policies and ACLs MiniStack honours).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import lambda_svc

from settings import Settings

_INTERNAL = ("/_ministack/", "/_localstack/", "/latest/", "/v2/credentials/")
_OPEN = (
    "/_ministack/health",
    "/_ministack/ready",
    # Their tokens cannot be guessed; on AWS they are signed URLs.
    "/_ministack/cfn-response/",
    "/_ministack/cfn-signal/",
)
_SIGNED = ("/_ministack/lambda-code/", "/_ministack/lambda-layers/")
_SIGNED_SECONDS = 600
# No name server of a stranger can make another name of these.
_OWN_HOST = re.compile(r"(127(\.\d{1,3}){3}|\[::1\]|([a-z0-9_.-]+\.)?(localhost|amazonaws\.com))(:\d{1,5})?", re.IGNORECASE)
_OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")


def apply(settings: Settings) -> None:
    app.app = _closed(app.app, settings)
    iam_evaluator.enforce = _without_anonymous_buckets(iam_evaluator.enforce)
    code_url, layer_url = lambda_svc._presigned_code_url, lambda_svc._layer_content_url
    lambda_svc._presigned_code_url = lambda *args: _sign(code_url(*args), settings)
    lambda_svc._layer_content_url = lambda *args: _sign(layer_url(*args), settings)


def _sign(url: str, settings: Settings) -> str:
    """Replace the query by an end of validity and a signature over it and the path."""
    parts = urlsplit(url)
    until = str(int(time.time()) + _SIGNED_SECONDS)
    query = f"X-Amz-Expires={until}&X-Amz-Signature={_signature(parts.path, until, settings)}"
    return parts._replace(query=query).geturl()


def _signature(path: str, until: str, settings: Settings) -> str:
    return hmac.new(settings.root_secret.encode(), f"{path}\n{until}".encode(), hashlib.sha256).hexdigest()


def _is_signed(path: str, query: str, settings: Settings) -> bool:
    given = {name: values[0] for name, values in parse_qs(query).items()}
    until = given.get("X-Amz-Expires", "")
    if not until.isdecimal() or int(until) < time.time():
        return False
    return hmac.compare_digest(given.get("X-Amz-Signature", "").encode(), _signature(path, until, settings).encode())


def _closed(inner: Callable[..., Awaitable[None]], settings: Settings) -> Callable[..., Awaitable[None]]:
    async def serve(scope: dict[str, Any], receive: Any, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        refusal = _refusal(scope, settings) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await inner(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            body = json.dumps({"__type": "AccessDeniedException", "message": refusal}).encode()
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"application/json")]})
            await send({"type": "http.response.body", "body": body})

    return serve


def _refusal(scope: dict[str, Any], settings: Settings) -> str | None:
    """Say why a request is let in by no door, or None."""
    path = scope.get("path", "")
    host = b", ".join(value for name, value in scope.get("headers", []) if name == b"host").decode("latin-1")
    if not _OWN_HOST.fullmatch(host):
        return f"the Host {host!r} is not a name of this account"
    if path.startswith(_SIGNED):
        query = scope.get("query_string", b"").decode("latin-1")
        return None if _is_signed(path, query, settings) else f"{path} wants a signed URL that has not expired"
    if path.startswith(_INTERNAL) and not path.startswith(_OPEN):
        return f"{path} is closed in an emulated account"
    return None


def _without_anonymous_buckets(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def enforce_all(access_key_id: str, iam_action: str, service: str, *rest: Any, **named: Any) -> Any:
        if service == "s3" and not access_key_id and not iam_action.startswith(_OBJECT_ACTIONS):
            return iam_evaluator.AuthError("AccessDenied", "Access Denied")
        return enforce(access_key_id, iam_action, service, *rest, **named)

    return enforce_all
